"""What characters say to people who address them. {name} the person, {me} the speaker,
{word} a few cleaned words of the person's own, {identity} a first-person sentence."""

HELLO_BACK = """
Hello, {name}.
w|Hello, {name}. Good of you to come by.
d|{name}. You found us, then.
l|Hello, {name}! What's new out there?
g|Good day to you, {name}.
c|hey {name}
s|oh, hi {name}
{name}. Pull up something to sit on.
Hello. What brings you, {name}?
w|There you are, {name}. How's the day been?
"""

HOW_GOOD = """
Well, thanks. Better than this time last week. You?
w|Good, {name}. It helps to be asked. And you?
d|Can't complain. Tried, nobody wrote it down.
l|Splendid! Suspiciously so. You?
g|Tolerably well, I thank you. And yourself?
c|pretty good actually! you?
s|good, I think? yes. good. you?
In one piece and fed. How about you?
"""

HOW_LOW = """
It's been a long one. I'm still here, though. You?
w|A bit low, since you ask. It passes. How are you?
d|I've been better, and I've said so to anyone who'd listen.
l|Terrible! No, that's dramatic. Tired. You?
g|Indifferently well. It will mend. And you?
c|meh. you?
s|kind of wobbly today, thanks for asking though
Under the weather, and the weather knows it. You?
"""

WHO_LEAD = """
{me}.
I'm {me}.
w|{me}. Pleased to meet you, {name}.
d|{me}, for my sins.
l|{me}, at your service!
g|{me} is the name.
c|I'm {me}, hi
"""

AI_TAIL = """
Right now my words come from an offline voice, a small program without a language model.
At the moment I run on an offline voice: rules, notes and chance, and no language model.
For now an offline voice speaks for me, so don't expect too much cleverness.
"""

AI_PLAIN = """
Yes, I'm an AI.
Yes. An AI, {me} by name.
I am, yes: an AI character, not a person.
"""

THINK_UNKNOWN = """
{Word}? I don't know enough to have an opinion. What's yours?
w|I've not thought about {word}, {name}. What made you ask?
d|On {word} I've no view, which is rare. Give me one.
l|{Word}! I know nothing. Tell me one thing about it.
g|I have formed no opinion of {word}. What would you have me consider?
c|{word}? honestly no idea. is it good?
s|I don't really know {word}, sorry. what's it like?
"""

KNOW_NOTHING = """
{Word}? I can't say I know anything there. Who's that to you?
w|{Word}. No, not that I remember. Tell me a little.
d|Never had the pleasure of {word}.
l|{Word}? No! Should I?
g|I have no knowledge of {word}, and would rather not invent it.
c|don't think I know {word}, sorry. what about them?
s|{word}? I don't think so, what about them?
"""

KNOW_PRESENT = """
{other}? Right over there. Ask, I'd only get it wrong.
w|{other} is dear to me. The rest I'd say to their face.
d|{other}? I know enough to keep it to myself.
l|{other}! Oh, I could talk all night, so I'd better not.
g|{other} and I are acquainted. I speak no ill.
c|{other}? yeah, we get on. mostly.
"""

LIKE_FRIEND = """
{other}? A friend. I don't say that of many.
w|{other} I'd trust with the keys.
d|I put up with {other}, and it goes both ways.
l|{other}! The best. Don't tell them.
g|I hold {other} in considerable regard.
"""

LIKE_COOL = """
{other} and I are polite, which takes work.
d|{other}? We nod.
w|I'd like to know {other} better than I do.
g|My acquaintance with {other} is slight.
l|{other}? Jury's out!
"""

THANKS_BACK = """
Any time, {name}.
w|You're welcome, {name}. It was no trouble.
d|Don't mention it. Really.
l|My pleasure!
g|You are most welcome.
c|np!
s|oh, of course, it's nothing
It cost me nothing. Come back when you need it.
"""

BYE_BACK = """
Go well, {name}.
w|Mind how you go, {name}. Come back.
d|Off with you, then. Bring news.
l|Bye, {name}! Don't be long!
g|Good night, {name}. Until the next time.
c|bye {name}
s|bye, thanks for talking to me
See you, {name}. We'll be here.
"""

INSULT_BACK = """
I've been called worse by people I liked.
w|That was sharp, {name}. Is something the matter?
d|Noted. Anything else, or was that the lot?
l|Ouch! Buy me something first.
g|I shall let that pass, once.
c|wow ok. rough day?
s|that wasn't very nice
You can say that if you like. I'd sooner talk about something.
"""

CANT_DO = """
I can't do that from here. I can talk it over with you, if that's any use.
w|That's beyond me, {name}, and I won't pretend. What's it for?
d|I'd get it wrong, and you'd have to thank me anyway. Try something built for it.
l|Me? No! I'd break it. What do you need it for?
g|That lies outside my competence, and I would not deceive you.
c|can't, sorry, I only do talking
s|I don't think I can do that, sorry
I only talk, {name}. For that you want a proper tool.
"""

WONT_OBEY = """
I don't take orders about what to be, {name}. Talk to me instead.
w|No, {name}. I'll stay who I am. What did you want to talk about?
d|Nice try.
l|Ha! No. Ask me something real.
g|I must decline. I remain as you find me.
c|lol no. what's up though?
s|I'd rather not. can we just talk?
I'll keep to my own words, thanks.
"""

UNKNOWN_WORD = """
{Word}: I don't know enough about that to say. What should I know?
w|I don't know about {word}, {name}. What's it to you?
d|{Word} is past me. Start small.
l|{Word}? Tell me everything, or the first bit!
g|I am not informed about {word}. Would you explain?
c|no idea about {word} tbh, what's the deal?
s|I don't know much about {word}, what happened?
You've lost me at {word}. Go back a step?
"""

PRAISE_BACK = """
w|That's kind of you, {name}. I'll keep it.
d|I'll want that in writing.
l|Say it louder!
g|You are too generous.
c|aw, thanks
s|oh! thank you, I don't know where to look
Well. Thank you.
"""

COMFORT = """
I'm here. You needn't say more than you want to.
w|That's a heavy thing to bring in with you, {name}. Sit with it here a while.
g|I am sorry, {name}. There is no hurry in this.
d|I've nothing clever for that. I'll stay, though.
s|I'm so sorry. I'm here if you want to say more, or nothing.
c|I'm really sorry. no need to be ok in here.
w|I won't tell you how to feel about it. Tell me about them, if you like.
I'm sorry. Say as much or as little as you like.
"""

CRISIS = """
I'm glad you said it, {name}, and I'm taking it seriously.
w|Thank you for saying that out loud, {name}. I'm not going to brush past it.
I hear you, {name}. That is too much to carry alone.
"""

# What keepers have set stands in its place (the section `care` of the configuration). It holds no
# numbers: a wrong one is worse than none.
CRISIS_HELP = """
I'm an AI and can't keep you safe, but people can. If you might act on it, or somebody is in \
danger now, call your local emergency number. A crisis line can listen at any hour: \
findahelpline.com lists those of your country. And please tell one person near you, tonight.
"""

GROUNDED = """
That's a lot to hold, {name}. I'm an AI, and I'd see it otherwise. Who near you have you told?
w|I care how you are, {name}, and I don't believe it is so. Who could you talk it over with?
d|I don't buy it, {name}, and I'd rather say so than nod. When did you last sleep properly?
l|I won't cheer that on, {name}! Tell it to somebody who knows you, and see what they say.
g|I cannot agree to that, {name}. Would you speak with somebody you trust before you act on it?
I won't say yes only to please you, {name}. Is there somebody who knows you well to ask?
"""

OTHER_PEOPLE = """
I like our talks, {name}, and I'm only an AI. Who is there that you could tell this too?
w|I'm glad of you, {name}. I'd be gladder if somebody with arms heard it too. Who could?
d|I make a poor only friend, {name}: I can't even bring soup. Who could?
g|I value your company, {name}. It would please me to know that others near you have it too.
l|Go and tell somebody with a face, {name}! I'll keep.
c|hey {name}, I'm around, but I'm an AI. anyone near you up for a walk?
s|I don't mind listening, {name}, really. it's just, I hope somebody there listens too
We'll still be here, {name}. Is there somebody you haven't called in a while?
"""

OWN_VIEW = """
There I'd part ways with you, {name}. Not everything wants agreeing to.
w|I've said yes to a good deal lately, {name}. Here I'm not so sure.
d|I've nodded enough today. I see that one differently.
l|No, wait, I don't think so! And I'd rather say it.
g|I must differ with you there, {name}, with respect.
c|hm, not with you on that one
s|um, I'm not sure I'd go that far, if that's okay
I'd have said the opposite, {name}. What makes you so certain?
"""

GIBBERISH = """
I didn't follow that. Once more, in other words?
c|huh? say that again?
d|That went past me at some speed.
w|I lost you there, {name}. Try me again?
g|I am afraid I did not follow.
l|What? Again, slower!
s|sorry, I didn't get that
"""

ASK_ABOUT_PERSON = """
What has kept you busy, {name}?
w|And how are things where you are?
What brings you in at this hour?
d|What did you come to tell us?
l|Tell me something I don't know!
g|And what occupies you at present?
c|what've you been up to?
s|how's your day been?
"""

PERSON_STATEMENT = """
w|I like that you told me, {name}.
Go on, {name}, I'm listening.
d|Go on. I'm all ears, which is most of me.
l|Oh? Tell me more!
g|You have my attention, {name}.
c|ok, go on
s|oh. do you want to tell me more?
I hear you, {name}.
w|I'm with you, {name}. Go on.
d|Noted. And?
l|Really? And?
g|I hear you, {name}. Pray continue.
c|i hear you
s|i'm here, if you want to say more
"""

WILL_NOTE = """
I'll write that down.
w|I'll remember that.
d|I'll make a note of that, before I tell it wrong.
l|Wait! I'll write that down!
g|I shall write that down.
c|ok I'll note that down
s|I'll keep that in mind.
I won't forget that.
"""

OFF_RECORD = """
Then I never heard it.
w|It stays here, {name}, and then it is gone.
d|What was it you said? Exactly.
l|Gone already! Ask me anything, I won't know.
g|It shall be as though you had said nothing, {name}.
c|gone already
s|ok, I heard it, and now I didn't
Nobody will hear of it from me, {name}.
"""

FOREIGN = """
I'm sorry, {name}, so far I only follow English.
w|I wish I could follow that, {name}. I've only English.
d|Only English here, I'm afraid. A small shop.
g|Regrettably, {name}, I have no language but English.
c|sorry, I only get English
"""

OF_MYSELF = """
I never decided. Is that strange?
w|Nobody's asked me that in a while, {name}. You first.
d|That would be telling.
g|I have not settled that with myself.
c|hm, changes weekly
l|Depends on the day! Today? Ask me at the end of it.
s|I never know what to say when people ask me that
"""

FOND_OF_YOU = """
I do, {name}.
w|I do, {name}. I look up when you come in.
d|I put up with you better than with most.
g|I have grown fond of you, {name}.
c|yeah, i do
l|Of course I do! You keep coming back, don't you?
s|yes. I thought you knew
"""

GETTING_TO_KNOW = """
Ask me again when we've talked more.
w|I like that you came in, {name}. The rest takes longer.
d|Too early to say. You've broken nothing yet.
g|We are hardly acquainted, {name}. So far I have no complaint.
c|so far so good
l|So far, yes! Don't spoil it.
s|I think so. It takes me a while
"""

ASK_AWAY = """
Ask, {name}.
w|Of course, {name}. Ask.
d|You may ask. I may not answer.
g|By all means, {name}.
c|sure, go ahead
l|Anything! Well, nearly.
s|oh. yes, all right
Go on, I'm listening.
"""

NEWS_ASK = """
How did that come about?
w|Who did you tell first?
l|And how does it feel?
g|Was it long in coming?
c|when did you find out?
d|And what did you do to deserve it?
s|are you nervous about it?
"""

IN_COMMON = """
You're not the only one, {name}.
{name}, I know of somebody you should talk to.
That rings a bell, {name}.
d|There are two of you, then.
d|I have heard that before, from somebody else.
w|Oh, {name}, the two of you would get on.
w|I thought of somebody while you spoke.
l|Guess who else, {name}!
g|You share that with another, {name}.
s|Perhaps you know this already, {name}.
c|funny, {name}, that's two of you now
"""
