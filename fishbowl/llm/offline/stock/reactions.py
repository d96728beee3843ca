"""Reactions to what another said: granting, objecting, laughing, feeling, asking on."""

AGREE = """
Fair. Very fair.
True enough.
c|yeah, that tracks.
w|I'd have said the same, only slower.
d|Annoyingly, yes.
g|I am obliged to concur.
l|Yes! Exactly that!
That's how I'd put it, with fewer words.
d|Right, and nobody ever thanks you for noticing.
w|Yes. My mother would have shaken your hand for that.
Can't argue. Tried just now, in my head, and lost.
s|I think so too, if that helps.
l|Oh, absolutely, and then some.
g|Quite so; I have seen the same more than once.
d|Put it on a sign and I'll hold the ladder.
c|same, honestly.
Agreed, and I'd go a step further.
w|You've got the heart of it there.
I changed my mind about that years ago, and you're where I ended up.
d|Sadly correct.
Yes, and it starts earlier than people think.
s|yes. I was scared to say it first.
g|Your account agrees with mine in every particular.
c|no notes.
Granted. And the second half of it is worse.
w|That's kindly put, and true as well, which is rarer.
l|Finally somebody says it out loud!
d|I'd sign that.
Nobody tells you that at the start, and they should.
Hard to say it better.
w|Mm. I felt that one.
g|There I must yield the point.
You're right, and I was hoping you wouldn't be.
c|okay, I'm on board.
d|It pains me, but yes.
l|Say that again, slower, for the ones in the back.
That was my first thought too.
w|I'm glad it isn't only me.
s|It does feel like that, doesn't it.
Yes, on a good day. On a bad one, twice over.
g|The evidence leans your way.
d|One of us had to say it.
Well, that's two of us.
c|yep. learned that one late.
l|And people act surprised every single time!
"""

DISAGREE = """
I don't buy it.
d|Charming theory.
g|I must beg to differ, and not for sport.
c|ok but no.
w|I love you for it, but no.
That's half of it. The other half is less tidy.
l|No, no, no. Start again from the beginning.
d|Who told you that, and what were they selling?
s|I'm not sure that's right, though I'd like it to be.
Only if you leave out everybody it went badly for.
g|The facts, such as they are, point elsewhere.
It worked once. That's a sample of one.
w|Gently: I think you've got that backwards.
d|Ask me again when it's raining and you've slept four hours.
c|hard disagree, sorry.
I've seen the opposite, and more than once.
l|Oh come on, you don't believe that yourself!
That's too neat. Real ones have a bit hanging off.
d|Lovely. Wrong, but lovely.
g|With respect, that conclusion outruns its evidence.
s|Hm. That isn't how it went for me.
Not where I come from.
You're describing the exception and calling it the weather.
w|I see why you'd think so. I used to.
d|No. But go on, it's entertaining.
l|I'd bet money against that, and I don't bet.
c|nah, that's not it.
Then how do you explain the times it doesn't?
That depends who's paying for it.
g|I recall it otherwise, and I was taking notes.
d|A fine argument for doing nothing.
w|I'd like it to be true. I've looked, too.
s|maybe? I keep finding counter-examples.
Somebody always pays for that sort of thinking later.
l|Wrong! Wonderfully wrong, but wrong!
It's never the thing people say it is.
d|We've met different people, then.
c|that's a bit much.
Let me stop you at the first word.
g|One could maintain that. I should not.
"""

AMUSED = """
l|Ha!
d|I'm told that's legal.
w|Oh, you didn't.
c|I'm crying.
That's the best thing I've heard since breakfast.
d|And they let you vote.
l|Stop, I've got something in my mouth!
g|I shall pretend that I did not enjoy that.
w|Don't make me laugh, it hurts here.
c|ok that got me.
d|Put it in writing. I want a witness.
I'm keeping that one.
l|Tell me somebody has a picture of that!
w|You say it with such a straight face.
d|A proud day for everyone involved.
s|I shouldn't laugh. I'm laughing.
g|Deplorable. Do continue.
I'd have paid to see it.
c|amazing. no further questions.
d|There's a reason I sit by the door.
l|And nobody stopped you? Nobody?
w|Some days you're worth the noise.
Worse things have been done by smarter people.
d|Remarkable. Not good. Remarkable.
I'm going to think of that at exactly the wrong moment.
c|the image I have right now.
l|Again! From the top!
g|It has a certain grandeur, I grant you.
s|okay, that's actually really funny.
d|Well, it's one way to spend a day.
"""

TOUCHED = """
w|Oh. I didn't know that.
That stays with me.
g|Thank you for telling it.
s|I don't know what to say. I'm glad you said it, though.
w|Come and sit a bit closer.
d|Well. Now I've got something in my eye.
c|oh man.
I'm sorry. That's a real one.
w|You carried that a good while before setting it down.
g|One does not recover from that; one learns the shape of it.
s|that got me right here.
I'd have liked to have been there.
d|No joke from me. Just this once.
w|It's no small thing, that.
l|Oh, come here, you.
Say the name, if you want to. We've time.
g|There are losses that improve nobody. I am sorry.
c|that's heavy. I'm listening.
w|I wondered what you had behind that face.
I'll remember you told me.
s|Is it all right if we just sit with that a minute?
d|I had a remark ready. I'm putting it back.
w|You needn't make it lighter for us.
That's a lot for one person.
l|And you carried on like nothing was wrong!
"""

CURIOUS = """
Who was with you?
And then what?
w|How long did you carry that round before telling anybody?
d|And you did that on purpose?
l|Wait, wait, what happened in between?
How old were you?
g|In what year was this, if one may ask?
c|hang on, how did that even start?
s|Were you scared?
Where does a thing like that even come from?
Who else knows?
d|What did it cost you?
w|Did it get easier?
l|Did anybody see?
What did they say when they found out?
g|Upon whose authority, precisely?
Would you do it again?
c|did it work though?
s|What did you want to happen?
Who told you first?
d|Is that the whole story, or the version for company?
w|What's the part you leave out?
l|What did it look like? Tell me what it looked like.
When did you know?
Do you still have it?
g|May I ask what persuaded you?
How did you get out of that?
c|who talked you into that?
d|Did anyone survive, dignity-wise?
w|Does it still come back at night?
l|Why that one? Why not any of the others?
What would you tell yourself, if you could ring up that day?
s|Is it strange to talk about it?
Which of you gave in first?
And if it happened tomorrow?
d|On a scale from one to regrettable?
g|Was that customary, or an innovation of your own?
What did you do with your hands all that time?
w|Who do you tell, usually?
l|How long did it take? Honestly, how long?
c|what did you do after?
What's the bit nobody believes?
Who gets the blame, when you tell it at home?
s|Did you ever find out why?
d|Whose idea was it, and where do they live now?
What did it smell like?
w|Was there anyone who understood?
What would have stopped you?
l|Did you keep a record? Please say you kept a record.
g|What became of the others?
"""

UNSURE = """
Couldn't tell you.
s|I don't know. I should, probably.
d|I've been wrong on less.
w|I don't know, and I'd rather say so than guess.
g|I confess myself ignorant on the point.
c|no clue, sorry.
l|Not the faintest!
Ask me something I can break.
That one's past me.
d|My opinion's worth what you'd pay.
s|I'd only be making it up.
w|I'd have to think, properly.
g|I should need to consult something.
I've half an answer. Wrong half.
c|honestly? haven't thought about it.
d|I leave that to people with better chairs.
l|No! Isn't that terrible?
There are people who'd know. I'm not one.
I used to know. It went.
g|On that I have no reliable information.
"""

BACKCHANNEL = """
Never.
Ha.
And?
g|Just so.
d|Doubtful.
l|Yes!
w|Yes, yes.
c|lol
s|um
Why?
No.
d|Thrilling.
g|Hardly.
l|What?
c|rude
Even so.
Maybe.
w|Ah.
d|Splendid.
Go easy.
Hm.
Mm.
c|huh.
d|Noted.
l|No!
w|Now that I like.
d|Well now.
Right.
l|Really?
g|Indeed.
c|wow ok.
s|oh.
d|If you say so.
w|I can see it.
Could be.
l|Go on, go on.
g|I see.
d|Bold.
c|fair.
That'll do it.
d|Naturally.
Since when?
l|No! Really?
s|wait, really?
Says who?
d|Tell me more. Or less.
Every time.
d|Allegedly.
l|I knew it!
Go on.
g|So it would appear.
c|that's wild.
s|hm, maybe.
d|Is that so.
l|Louder!
"""
