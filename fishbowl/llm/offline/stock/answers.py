"""Answers to follow-up questions, by the kind of question. Vague on facts, particular in manner:
they invent no names, dates or events that a later line could contradict."""

WHO = """
Nobody you'd know.
Someone who should have known better.
d|I'm protecting the guilty.
w|A friend. One of the good ones.
c|just me, weirdly.
g|I should prefer not to name the party concerned.
s|my family, mostly.
w|My mother, before anyone.
A neighbour, if you can call it that.
Only the ones who were there, and they don't talk.
c|this one person, long story.
"""

WHERE = """
Not far from here, as it happens.
Home, or what passed for it.
d|Somewhere I've not been asked back to.
w|In the kitchen, where everything happens.
g|At a distance I have since found convenient.
Out in the open, where anybody could see.
c|just round the corner really.
l|You won't believe it: right here!
A long way off. Further than I'd go now.
"""

WHEN_NEXT = """
When it's ready, and not before.
w|Soon, I hope. I'd not set a clock by it.
d|Later than it says, whatever it says.
l|Any minute! I've said so all day.
g|I should not like to name an hour.
c|no idea, soon-ish
s|I don't know. soon?
"""

WHEN = """
Years back.
Long enough that I can tell it.
d|Before I had any sense. So: recently.
w|The year everything happened at once.
g|I could give you the date, but you would not thank me.
It was winter, I remember my hands.
c|ages ago. ok, last year.
l|Last week! Well, it feels like last week!
Earlier than I admit to.
s|I've lost count, honestly.
Just about when I'd stopped expecting it.
"""

WHY = """
Because nobody stopped me.
Because it was there, and so was I.
d|Stubbornness. It's cheaper than a reason.
w|Because somebody had to, and I was nearest.
g|For reasons that seemed excellent at the time.
I've asked myself. No reply yet.
c|seemed like a good idea??
l|Why not! That's the real question!
s|I was scared of what would happen if I didn't.
Habit, mostly.
Because the other way had been tried.
d|You'd have to ask a younger fool than me.
w|I think I wanted somebody to notice.
Because I'd said I would, out loud, in front of people.
It looked shorter on the map.
g|Principle, at first. Then inertia.
"""

HOW = """
Slowly. Then badly. Then well enough.
d|By getting it wrong in a different order.
With help. More than I like to say.
w|A bit at a time, and not on Sundays.
c|I just kinda did it?
g|Methodically, and with a number of corrections.
l|Pure luck! Don't tell anyone!
By hand.
s|by not thinking about it too hard.
The way you eat anything too big for the plate.
d|Not the way the book says.
I'd show you sooner than explain.
"""

HOW_MANY = """
More than I'd admit to.
Fewer than you'd think.
d|One too many.
g|I have the figure somewhere; it is not flattering.
c|like, three? four?
w|Enough. I stopped counting when it stopped helping.
l|Dozens! Well, nine.
Two I'm sure of.
s|I'd have to count. I don't want to count.
The first few don't count.
"""

HOW_LONG = """
Longer than I'd planned.
Most of a winter.
d|Long enough to regret starting.
w|Until it stopped hurting to ask.
c|way too long.
g|Rather longer than was allotted.
An afternoon. It felt like a season.
l|Ages! You could have had a child in that time!
s|I'm still in the middle of it, I think.
"""

YES = """
Yes. Mostly.
d|Regrettably, yes.
w|Yes, and I'd say so again.
g|I believe so.
c|yeah. kind of. yeah.
l|Yes! Of course!
s|yes, but don't tell everyone
I'd be lying if I said no.
On the whole, yes.
So they tell me.
d|To everyone's surprise.
As good as.
w|Yes. I'm nearly sure of it.
g|Undoubtedly.
I should think so.
c|pretty much
Close to it.
l|Obviously!
"""

YES_DO = """
Once. That was plenty.
w|I do. Not loudly.
More than I let on.
Every day, if you let me.
Yes, and I paid for it.
d|In a manner I won't describe.
g|I did, and I do not regret it.
l|Yes! And you?
c|yeah, all the time actually
s|more than I should, probably
Oh, once or twice.
Still do, if nobody's looking.
Yes. I never said so out loud before.
"""

NO = """
No. Nearly, though.
d|Not in this light.
Not the way you mean.
g|I believe not.
c|nope
l|Never!
s|no... is that bad?
Not yet.
Hardly.
d|I've more sense. Some days.
w|No, not really. Not any more.
No, but ask me tomorrow.
g|Not to my certain knowledge.
c|not really no
l|No! Who says so?
Not that I'd admit.
"""

NO_DO = """
No, and I've stopped pretending otherwise.
g|I did not, though I was invited to.
c|nope. thought about it though
l|Never! Well. Never on purpose.
Not since the last time.
w|No. It was kinder not to.
d|Not sober.
s|no... should I have?
I'd never have had the nerve.
No, and it's a bit late to start.
"""

NEXT = """
Nothing. That was the worst of it.
We went home, and nobody mentioned it again.
d|Then came the bill.
w|Then somebody put the kettle on, as somebody does.
g|The sequel is less creditable; I withhold it.
c|and then it just sort of ended?
l|Then everything at once!
I left before that part.
s|I cried a bit, and then I was fine. Fine-ish.
It sorted itself, the way a knot does if you cut it.
The same again, only wetter.
"""

CHOICE = """
The first. Don't ask me why.
The second, if I'm honest.
d|Neither, with milk.
w|The second. The first on bad days.
c|both? can I have both?
g|The former, on balance.
l|Both! Obviously both!
s|can I think about it?
First. No, wait. Yes, first.
d|Whichever's less work.
"""

OPINION = """
I think it's better than its reputation.
d|I think it's been thought about quite enough.
w|I'd be slow to judge it.
I like it best from a little way off.
g|My view is favourable, with two reservations.
c|big fan, actually.
s|I go back and forth on it.
l|I love it and I'd ban it!
Worth the trouble, most days.
d|I've seen worse ideas get further.
I'd want to hear what it costs.
w|I've softened on that, with the years.
"""

STILL = """
Still have it, in a drawer with everything else.
It's about somewhere.
d|It has me, more like.
w|I kept a bit of it.
c|yeah it's in my room.
g|I have retained it, against advice.
l|Of course! I keep everything!
Gave it away and missed it by the evening.
"""

FEEL = """
Not as bad as I'd feared, and not as good as I make it sound.
Like somebody had moved all the furniture by an inch.
d|Cold, chiefly.
w|Lighter, after. Not straight after.
g|I was composed outwardly.
c|pretty awful tbh.
l|Terrified! Delighted! Both!
s|small. it felt small, I felt small.
Tired, and then proud, and then hungry.
Much as you'd think, only longer.
"""

RETORT = """
Why, would you?
d|Who wants to know?
w|You first, and then me.
What would you have done?
c|would you?
l|Would you? Be honest!
g|And how would you answer that yourself?
s|is that bad? would you not?
Guess.
d|Do I look it?
What makes you ask?
Have you been talking to somebody?
"""

WHAT = """
What it always is.
The obvious thing, I'm ashamed to say.
d|Less than you're hoping.
w|I'd have to show you, some time.
g|I noted it at the time, so as not to have to remember.
Whatever was nearest.
c|you'd laugh
l|Guess! You'll never guess!
s|nothing good, I think
The same as yours, I expect.
d|You wouldn't want it in your kitchen.
I've a guess, and I keep it to myself.
"""

ECHO = """
That's what I said.
You heard.
d|In so many words.
I know how it sounds.
w|I know. I made the same face.
g|The very same.
c|yeah, I know.
l|Yes! That!
s|is that weird? it's a bit weird
Don't look at me like that.
One and the same.
d|I didn't stutter.
Believe it or don't.
What else would I call it?
g|I speak advisedly.
c|swear to god
"""

HANDOVER = """
What do you say, {name}?
Back me up, {name}.
{name}, you've gone quiet.
w|And you, {name}? You had a face just then.
d|{name} knows. {name} isn't saying.
l|{name}! Tell them!
g|I should value your opinion, {name}.
c|{name}, thoughts?
s|is that just me, {name}?
{name}, whose side are you on?
d|Don't all rush. {name}?
Am I wrong, {name}?
w|You'd know more about it than I do, {name}.
"""

NODDED = """
And that's the short version.
d|I'm not finished.
w|There's a bit more to it.
l|And it gets better!
g|There is a codicil.
c|anyway so
Mind you.
Besides.
"""

LINK = """
Mind you.
Then again.
d|If we're confessing.
w|That puts me in mind of something.
l|Oh, and another thing!
g|By the same token.
c|also
s|this is maybe nothing but.
Same on my side.
I'll raise you.
d|Speaking as the accused.
And yet.
For what it's worth.
In my book it goes so.
w|Let me put mine beside it.
l|Ha, well!
g|I would add one observation.
c|ok so
To each their own.
I can only speak for me.
"""
