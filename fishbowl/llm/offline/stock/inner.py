"""What characters say of what moves them, where their author has written nothing nearer; of
somebody near to whom they talk with; and of who is up. {name} the person, {who} and {whom} that
somebody near ("your wife", "she", "her"), {awake} and {asleep} names."""

LEAVES = """
Now and then. Then something here wants doing.
w|I think of it, {name}, more than I let on.
d|Weekly. I've never got further than the timetable.
l|Oh, every time a boat goes out without me!
g|I have considered it, and have not yet come to a decision.
c|sometimes, yeah
s|sometimes. I don't know if I'd be any good elsewhere
"""

STAYS = """
No. I looked at it once, and I'd only come back.
w|Not for good, {name}. Whom would I talk to?
d|And miss all this? I'd be back by supper.
l|Leave? Never! For a day, maybe, to be asked where I've been.
g|I have been away. I prefer it here.
c|nah, i'd miss it
s|I don't think so. this is the place where I know what to do
"""

LIKES_HERE = """
Most days, yes. It has the right number of people.
w|I do, {name}. It grew on me, and so did they.
d|I complain about it daily, so it must be home.
l|Yes! Ask me again in February.
g|I do, on the whole. I should miss it.
c|yeah, i really do
s|yes, I think so. mostly yes
"""

HOPES = """
More than I say aloud.
w|That whoever's missing comes in by that door, {name}. And you?
d|Fewer questions before noon. And the other thing, which I keep to myself.
l|Too many to count! What's yours?
g|There is something, and I am not ready to name it.
c|idk, lots of small ones. you?
s|I have one, but it goes away if I say it
"""

FEARS = """
That somebody needs me and I don't notice.
w|That one of them goes quiet, {name}, and I find out too late.
d|Being thanked in public.
l|Silence! Actual silence, for a whole evening.
g|To have been careless where it mattered.
c|honestly? letting people down
s|most things, a bit. letting somebody down most of all
"""

REGRETS = """
One or two. I keep them in good order.
w|Of course, {name}. Mostly what I didn't say in time.
d|Several. They know where I live.
l|Ha, where do I begin! And then again, no.
g|There are things that I should do otherwise, and they cannot be done again.
c|a few, yeah
s|yes. I try not to count them
"""

LONELY = """
At times. It passes when somebody sits down.
w|Sometimes, {name}. Less since you sat down.
d|I've found it comes with living among people.
l|Me? With this lot? Hardly. Well, Sundays.
g|Now and then, and I have learned to bear it.
c|sometimes. everyone is, no?
s|a bit, in the evenings mostly
"""

MISSES = """
There's always somebody one would lay a place for.
w|Yes, {name}. One gets used to it, not over it.
d|I do, and I don't make a song of it.
l|Oh, all the time! Then somebody comes in and I forget.
g|I do. I should rather not say whom.
c|yeah. you know how it is
s|yes. a lot, some days
"""

GLADDENS = """
When something's finished and it holds.
w|When they're all in and nobody's waiting for anybody, {name}.
d|An empty chair, a full cup, and no announcement.
l|A good story, and somebody to spoil the end of it!
g|A thing done properly, and on its day.
c|good company, good food. simple stuff
s|when somebody comes back without being asked
"""

NEAR_AGAINST = """
What would {who} rather you did, {name}?
w|That's hard, {name}, with the two of you pulling different ways. What did {who} say?
d|And what would it take to bring {whom} round?
l|Oh dear. Did {who} say so, or slam a door?
g|And have you asked {whom} what the objection is?
c|oof. what did {who} say exactly?
s|oh. have you two talked about it, you and {whom}?
What did {who} say, when you put it plainly?
"""

LIVES_HERE = """
Here, {name}.
w|Here, {name}, where else.
d|Here. One takes what one gets.
l|Right here!
g|I live here.
c|here
"""

NEAR_SILENT = """
What was the last thing {who} said, {name}?
w|That's the worst of it, the silence. Would a letter reach {whom}, {name}?
d|Silence is an answer, only not a clear one. Since when?
l|Not a word? Since when?
g|And is there anybody whom both of you would listen to?
c|oof. since when?
s|oh. do you think {who} needs time?
"""

NEAR_LOW = """
I'm sorry, {name}. Is somebody with {whom}?
w|Poor thing. And you, {name}, who looks after you meanwhile?
d|That's no small thing. What would help {whom}?
l|Oh, {name}. How long has it been going on?
g|I am sorry to hear it. What would be of use to {whom}, and to you?
c|oh no. are you ok yourself?
s|oh. I'm sorry. does it help {whom} that you're there?
"""

NEAR_GLAD = """
That's good to hear. And you, {name}?
w|How lovely, {name}. Did you see it coming?
d|Good. It's catching, I'm told.
l|Ha, wonderful! And what did you say?
g|I am glad of it, {name}, for both of you.
c|aw, nice! and you?
s|oh, that's really nice
"""

UP_NOW = """
{awake}, and me. {asleep}
w|You've got me, {name}, and {awake}. {asleep}
d|{awake}. And I, for what it's worth. {asleep}
g|I am, and so, to my knowledge: {awake}. {asleep}
c|me, and {awake}. {asleep}
"""

UP_ALONE = """
Only me, {name}. {asleep}
w|Just me, {name}, but I'm listening. {asleep}
d|I am. The rest have more sense. {asleep}
l|Me! All yours. {asleep}
g|I alone, so far as I know. {asleep}
c|just me rn. {asleep}
"""

ASLEEP_NOW = """
{asleep}
w|{asleep} Let them be, {name}.
d|{asleep} I envy them.
l|{asleep} The rest of us have no excuse!
g|So far as I know: {asleep}
c|{asleep}
"""

UP_ONE = """
{other}? Up and about, as far as I know.
d|{other} is up. Being useful is another question.
g|{other} is awake, to my knowledge.
c|yeah, {other}'s up
"""

ASLEEP_ONE = """
{other} is asleep{until}.
w|{other} is asleep{until}, {name}, and I'd let it be so.
g|{other} sleeps at this hour{until}.
c|{other}'s asleep{until}
"""
