"""Answers to what a guest tells of their day (what ended well, what went wrong, what they made, saw
or learn, who comes to see them) and of themselves (where from, what they like, do and have)."""

NEWS_RELIEF = """
That's a relief. Is all well now?
All's well, then. How long did it take?
And is everybody safe?
w|Oh, thank goodness. I could hear where that was going, {name}.
w|I'm so glad it ended that way.
w|What a fright, though. Have you got your breath back?
d|So it ends well. Things do, about one time in six.
d|Good. I was about to be sympathetic.
d|You had me worried for half a sentence.
l|Phew! You had me there!
l|Oh good, oh good! And now?
l|Don't frighten me like that! Is all well?
g|I am relieved to hear how it ended, {name}.
g|Then all is well, and one may breathe out.
g|A happy ending, and I congratulate you upon it.
c|phew, glad that worked out
c|ok good, you scared me for a second
c|oh thank goodness
s|oh good, my heart did a thing
s|I'm glad, I'd have worried all night
s|that must have been awful until then
"""

NEWS_BAD = """
That's rotten luck. What happens now?
Can it be put right?
And is there anything to be done about it?
Go carefully for the rest of the day; such things like company.
w|Oh no. Are you all right, {name}?
w|I'm sorry, {name}. That would spoil my day, too.
w|Poor you. And of all days.
d|Things wait for the worst moment. It's how they breathe.
d|My sympathies. How bad is it, in round numbers?
d|That sounds about right for a weekday.
l|No! Oh, that's so annoying!
l|Argh! And what did you do?
l|Oh no, no, no! Can anything be saved?
g|How very vexing, {name}. I am sorry to hear it.
g|My sympathy; such things choose their hour with care.
g|A misfortune. May the rest of the day behave.
c|ugh, that's the worst
c|oof, are you ok?
c|noo, terrible timing
s|oh no, that's so frustrating
s|sorry, that's rubbish. are you ok?
s|I'd have cried a bit, I think
"""

NEWS_GOOD = """
That's worth a drink of something.
Well done. Really, well done.
w|Good for you, {name}. You sound like you mean it.
w|Oh, well done, {name}!
w|That's lovely to hear, and it's you who did it.
l|No! Tell me everything!
l|Yes! I knew somebody would have good news tonight!
l|That's brilliant, {name}!
d|Look at that. Something went right.
d|Well. Somebody had to have a good day.
d|I'd clap, but I'm holding something.
g|My congratulations, {name}.
g|That does you credit, {name}.
g|Splendid. It ought to be marked in some way.
c|oh, nice
c|yesss, well done
c|nice one!
s|that's so good, I'm happy for you
s|oh wow, I'd be shaking
s|that's huge, you know that
"""

NEWS_LEARNING = """
How is it going so far?
What's the hardest part?
What made you start?
And when did you last think of giving up?
w|Good for you, {name}. What can you do already that you couldn't at first?
w|It's brave, beginning something. How does it feel?
w|I'd like to hear how you get on, {name}.
w|Don't stop in the ugly middle, {name}. Everybody does.
d|How bad was it at first? I ask for the pleasure of it.
d|Give it time. Everything is ugly for the first year.
d|It takes some courage to be bad at something on purpose.
l|Oh nice! Is it as hard as they say?
l|Ooh, since when? What can you do already?
l|Every day? Really every day?
g|An admirable undertaking, {name}. Who teaches you?
g|May I ask what moved you to begin?
g|Patience is the greater part of it, I am told.
c|cool, how's it going?
c|oh nice, by yourself or with lessons?
c|what got you into it?
s|oh, I'd be so bad at that. is it fun?
s|that's so good. do you do it every day?
s|I never stick at things. how do you?
"""

NEWS_MADE = """
And did it come out as you meant it?
What gave you the idea?
What would you do differently next time?
Who taught you that?
w|I'd like to have seen that, {name}. Are you pleased with it?
w|There's nothing like having done it oneself. How long did it take you?
w|Good hands, {name}.
d|And it held together? Impressive.
d|How many tries? Be honest.
d|I respect anybody who finishes things.
l|Ooh! How did it turn out?
l|You did that yourself? All of it?
l|Show us! Or tell us, at least!
g|I should have liked to see it, {name}. Did it turn out to your satisfaction?
g|Honest work. What was the hardest part?
g|One envies those who make things.
c|ooh nice, how did it turn out?
c|that's cool. how long did it take?
c|love that
s|oh, I could never. was it hard?
s|did it work the first time? mine never do
s|that's really nice, are you happy with it?
"""

NEWS_SEEN = """
What was it like?
What did you notice first?
First time, or have you before?
w|I'm glad you got to, {name}. What stayed with you?
w|Tell me what it was like; I'll shut my eyes.
w|Some things one has to tell somebody. I'm glad it was us.
d|Worth it, or only worth telling?
d|I've been nowhere all day, so go on, in detail.
d|And is it better told, or was it better there?
l|Oh, I'm jealous! What was it like?
l|Really? I want all of it, from the beginning!
l|No way! Just like that?
g|I should have liked to be there, {name}. How did it strike you?
g|And was it as one imagines it?
g|One remembers such things longer than one expects.
c|ooh, how was it?
c|nice, worth it?
c|oh cool, what was it like?
s|oh, lucky. what was it like?
s|I'd have stood there for ages, I think
s|was it like you thought it would be?
"""

NEWS_COMING = """
Are you looking forward to it?
What will you do first?
And for how long?
w|How lovely, {name}. How long has it been?
w|Then there'll be somebody to lay the table for.
w|I hope it's every bit as good as you imagine it.
d|Have you tidied? That's what it comes down to.
d|Guests. Then there'll be washing up.
d|And how long is a visit before it's too long?
l|Oh, how nice! What have you planned?
l|Ooh, are you excited?
l|That's soon! Is everything ready?
g|I hope that it will be a happy visit, {name}.
g|Company is a fine thing to have before one. Has it been long?
g|Then you will wish to show them everything.
c|nice! what's the plan?
c|oh cool, been a while?
c|ooh, what are you going to do?
s|oh, that's nice. are you nervous at all?
s|I hope it goes well, whatever you do
s|that'll be good, won't it?
"""
