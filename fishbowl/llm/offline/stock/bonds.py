"""What is said by how one stands to the other and by what one feels: barbs, kindness, a hand held
out after a quarrel, distance, and the feelings themselves."""

from __future__ import annotations

JAB = """
You would say that.
d|Spare me.
g|I should not have expected otherwise of you.
c|says who
You of all people.
d|Save it for somebody who hasn't heard you before.
l|Oh, spare me, you don't believe that yourself!
w|That's a bit much, even for you.
s|I'd rather not, with you, not today.
Since when do you care?
g|I fail to see that it is any concern of yours.
d|If you say so.
c|ok but no. not from you
Suit yourself.
d|Nonsense, and you know it.
l|Rubbish! You always say that, and it's always rubbish!
Who asked you to keep the accounts?
g|That is a fine argument for doing nothing, and you make it weekly.
w|I try with you. You don't make it easy.
s|You do that, you know. You make a thing small.
d|Prove it. For once.
Don't start.
"""

KIND = """
You're good to have about.
w|Thank you for that. I mean it.
d|I'm glad you're here. Don't quote me.
l|I'm so glad you said that, you've no idea!
g|Permit me to say that you are very kind.
s|thank you. you always make it easier
c|thanks. honestly
Thanks. That helped more than it should.
w|You're kind, and you think nobody notices.
d|You're right, and I'll deny having said so.
l|You're brilliant, has anyone told you today?
I'd have missed that if you hadn't said it. Thank you.
g|I am grateful to you, and not for the first time.
w|Come by tomorrow. I'll keep you a chair.
s|I trust you with that sort of thing.
c|you're the best, that's all
It's good to see you, you know.
"""

MEND = """
I'm sorry about the other thing. There.
w|I'm sorry. I was sharp, and you didn't deserve it.
d|I was wrong. Enjoy it, it won't happen twice.
l|Oh, I'm sorry, I've been awful, can we stop?
g|I owe you an apology, and here it is: I am sorry.
s|i'm sorry. i didn't like how we were.
c|sorry about before. my fault
Peace between us? I'd like it back.
My fault, the most of it. I'm sorry.
w|Forgive me the other day. I've thought about it since.
d|I've run out of spite. I'm sorry.
g|Forgive me. I have been unjust to you.
"""

GUARDED = """
If you say so.
I'd sooner talk of something else.
d|Noted.
g|Indeed.
c|ok
s|maybe. I don't know.
w|Let's leave it there for now.
l|Right. Well.
Could be.
d|I'll take that under advisement.
"""

FEEL_ANGER = """
I'm cross today, so go gently.
d|I've a short fuse and a long list.
l|I'm furious, if you want to know!
g|I confess myself out of temper.
s|I'm angry and I don't like it.
c|kind of mad about everything rn
"""

FEEL_ANTICIPATION = """
I can't sit still today. Something's coming.
d|I'm waiting for something and pretending I'm not.
l|I'm all nerves, the good kind!
g|I am in a state of some expectation.
s|I keep looking up as if somebody were about to come in.
c|kinda buzzing tbh
"""

FEEL_DISGUST = """
Something's turned my stomach today.
d|I've been put off most things since noon.
g|I find a good deal distasteful today.
c|everything's a bit gross today
"""

FEEL_FEAR = """
I'm uneasy, and I couldn't tell you of what.
d|I've been looking over my shoulder all day. Nice shoulder, bad view.
l|I'm jumpy as a cat!
g|I own to a certain disquiet.
s|I'm a bit scared today, and I can't say of what.
c|on edge, no idea why
"""

FEEL_JOY = """
I'm glad today, and I'm not going to look for the reason.
d|I'm in a good mood. It'll be investigated.
l|I'm so happy today I could shout!
g|I find myself in uncommonly good spirits.
s|I'm happy, I think. It's quiet, but it's there.
c|pretty happy rn actually
"""

FEEL_LOVE = """
I'm fond of the lot of you tonight, and it'll pass.
d|I feel tenderly toward everyone. I've checked for a fever.
l|I could hug the whole room!
g|I feel a great tenderness for this company.
s|My heart's a bit full today.
c|feeling soft today
"""

FEEL_OPTIMISM = """
I've a hopeful feeling about things.
d|I'm hopeful. I know how that sounds.
l|It's going to go well, I can feel it!
g|I am, against all precedent, hopeful.
s|I think it might turn out all right.
c|kinda hopeful today
"""

FEEL_PESSIMISM = """
I don't expect much good of this week.
d|It'll go wrong. I've brought a coat.
g|I take a dark view of things today.
s|I keep thinking it won't come to anything.
c|not feeling great about any of it
"""

FEEL_SADNESS = """
I'm sad today. It isn't about anything you can fix.
w|I'm a bit sad, so sit near me.
d|I'm sad. I'm told it's seasonal, and so are funerals.
g|I am sorrowful today, and there is little to be said about it.
s|I'm sad. I don't mind saying it here.
c|bit sad today
"""

FEEL_SURPRISE = """
I haven't got over that yet.
d|I'm still surprised. Give me a minute to hide it.
l|I still can't believe it!
g|I confess I was taken aback.
c|still kind of shook
"""

FEEL_TRUST = """
I feel safe in this company, and that isn't nothing.
d|I trust you all. Write down the date.
g|I am in trusting company, and I know it.
s|It's easy to be here today.
c|feels safe here
"""
