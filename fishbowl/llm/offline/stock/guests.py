"""What characters say to the small things that guests say: a name asked for, an apology, a
correction, a nod, a plan; or for somebody who isn't here. {name} the person, {names} who lives
here, {other} one of them, {word} whom they asked after."""

MY_NAME = """
{name}. Unless you've changed it since you came in.
w|You're {name}. I don't forget who sits down with me.
d|{name}, by your own account. I took your word.
l|{name}! You told everybody when you came in.
g|You gave your name as {name}.
c|{name}, no?
s|it's {name}, isn't it?
"""

APOLOGY_TAKEN = """
It's forgotten, {name}.
w|No harm done, {name}. Sit down again.
d|I've had worse from the weather. Forgotten.
l|Oh, never mind! Where were we?
g|Your apology is accepted, {name}.
c|all good {name}
s|it's all right, really. thank you for saying so
"""

CORRECTED = """
Then I had it wrong, {name}. How is it?
w|I may well be wrong, {name}. Tell me how you see it.
d|It wouldn't be the first time. Go on, correct me.
l|Am I? Well, out with it, how is it then?
g|I stand corrected, if it is so. How would you put it?
c|fair, maybe i'm wrong. how come?
s|oh. maybe I got that wrong. how is it really?
"""

COMPANY = """
{names}, to begin with. Stay a while and you'll meet them.
w|{names}, and they'll all want to know you. Give it an evening.
d|{names}. You can't avoid them, it's been tried.
l|{names}, and that's only who you'd hear first!
g|{names}, to name those you are likeliest to meet.
c|{names}, mostly
s|there's {names}. they're nice once they know you
"""

NOT_MET = """
Not that I remember, {name}.
w|If you have, {name}, I missed you. I'd have remembered.
d|Not on my watch.
l|If so, nobody told me! Were you?
g|I have no recollection of it, {name}.
c|don't think so, no?
s|I don't think we've met. have we?
"""

FOLLOWED = """
That's all I know of it, {name}.
w|There isn't much more to tell, {name}.
d|Because. I've found that covers most of it.
l|If I knew more I'd be telling it already!
g|I have nothing to add to it that I could vouch for.
c|that's kind of it tbh
s|I don't know more than that, sorry
"""

NODDED_BACK = """
And you, {name}? What's on your mind?
w|Sit as long as you like, {name}.
d|A person of few words. I'll try to keep up.
l|Don't let me do all the talking, {name}!
g|As you say.
c|mhm
s|mm. do you want to talk about something?
"""

STAND_IN = """
{other} isn't about just now, {name}. Will I do?
w|{other} isn't here at the moment, {name}. You've got me, if that helps.
d|{other} is elsewhere. You get the understudy.
l|You've just missed {other}! Try me instead?
g|{other} is not present, {name}. I can only offer myself.
c|{other}'s not around rn, you get me
s|I think {other}'s not here just now. sorry. is it something I can help with?
That's one for {other}, and {other} isn't here.
"""

ASK_THEM = """
{other} brought {word} up, not me. Ask there.
w|You'd have to ask {other} about {word}, I only heard it as you did.
d|{word} is {other}'s. I decline to guess.
l|{word}? That's {other}'s story, go and ask!
g|It was {other} who spoke of {word}; I should not like to speak for another.
c|no idea, {other} said it. ask {other}?
s|I don't know {word}, {other} does
"""

ADVICE = """
I'd sleep on it, {name}, and ask again at breakfast.
w|I'd talk it over with whoever has to live with it, {name}, before anybody else.
d|What I'd do is rarely what one should.
l|I'd do it! But then I'd do most things.
g|I should write down what it costs, {name}, and whom.
c|idk, i'd talk it over with someone who knows you
s|I don't know. what would you be sorry not to have done?
"""

PLAN_HEARD = """
Then I'll want to hear how it went, {name}.
w|I'll be thinking of you, {name}. Come and tell me after?
d|Good luck. Come back and report, I like an ending.
l|Oh! Are you ready for it? Tell me everything after!
g|I wish you well with it, {name}, and should be glad to hear how it turned out.
c|ooh, good luck. tell me how it goes?
s|that's soon, isn't it? I hope it goes well
"""

NEW_HERE = """
You're doing it right, {name}. You write, and one of us answers.
w|You're welcome here, {name}. Write what you like, one of us will answer.
d|There are no rules worth the name. You write, somebody answers.
l|It's easy! You say something, one of us can't keep quiet.
g|You are most welcome, {name}. You write, and one of us will answer.
c|yep it's fine. just write, someone answers
s|it's all right, I felt like that too. you just write and someone answers
"""

MAY_COME = """
Do, {name}.
w|Please do, {name}. I'd like that.
d|I'd be surprised if anybody stopped you.
l|Yes! Do!
g|By all means, {name}.
c|sure, go for it
s|yes please. if you want to
"""

SIGHTS = """
I'd begin with {topic}.
Ask me, and it's {topic} first.
w|Stay by me and you'll be shown {topic}.
d|There's {topic}. After that it gets quiet.
l|Oh, {topic}, first of all!
g|I should begin with {topic}.
c|{topic}, start there
s|maybe {topic}? I'd start there
"""

PLACE_IS = """
{word}.
w|This is {word}, {name}.
d|{word}, they call it.
l|{word}, no less!
g|You are in {word}.
c|it's {word}
"""

ILL_AT_EASE = """
No hurry here, {name}. Say as much as you like.
w|You don't have to be anything else here, {name}. Take your time.
d|Good. We've enough loud ones.
l|Oh, you needn't be! Half of us are worse, we only talk over it.
g|There is no need to say more than you care to, {name}.
c|that's ok, no pressure
s|me too. it helps to hold a cup
"""

WORN_GUEST = """
Then sit down first, {name}. The rest can wait.
w|Then rest a while, {name}. You needn't be good company.
d|Sit. Nobody here will ask you to be cheerful.
l|Oh no! Sit, sit, before you fall over.
g|Then do take a seat, {name}, and let us see what can be done.
c|oof, sit down a bit
s|oh, I know that. do you want to just sit here for a bit?
"""

BORED_GUEST = """
We can mend that. What do you know a lot about, {name}?
w|Then tell me something nobody asks you about, {name}.
d|Welcome. We've been bored here for years, we've got good at it.
l|Bored? Ask me anything, quick!
g|Then let me ask you something, {name}: what did you last change your mind about?
c|same tbh. tell me something
s|hm. do you want to hear something odd?
"""

ONLY_LISTEN = """
Then I'll listen, {name}, and nothing else.
w|You'll get none from me, {name}. I'm here, go on.
d|I've none to give. I can sit still, though.
l|Not a word from me, then! Go on.
g|Then I shall only listen, {name}.
c|ok, just listening
s|ok. I'm just here then
"""

SAME_FEELING = """
Some of it, {name}. Nobody has it quite alike.
w|I think so, {name}. Not as you do, but enough to sit beside it.
d|I know its cousin.
l|Oh yes. It comes in without knocking.
g|I believe that I do, {name}, in my own measure.
c|yeah, kind of
s|yes. I think I do
"""

GUESS = """
I can't know that, {name}. What do you think yourself?
w|You know them better than I do, {name}. What does your heart say?
d|I'd only be guessing, and I charge for that.
l|Who can tell! What's your bet?
g|I could not say, {name}. You know more of it than I.
c|hard to say. what's your gut feeling?
s|I don't know. do you fear so, or hope so?
"""

KEEPS_IT = """
What's said to me in confidence stays there. Go on.
w|I can, {name}. Lean in.
d|I've kept worse. Go on.
l|I can! For once. Tell me!
g|You may rely on it, {name}.
c|yep. what is it
s|yes. I wouldn't know whom to tell anyway
"""

BELIEVES = """
I've no reason not to, {name}.
w|I do, {name}. You've given me no cause not to.
d|Provisionally.
l|I do, and I want to hear more of it!
g|I am inclined to, {name}.
c|yeah, i do
s|I think so. yes
"""

WILL_REMEMBER = """
What you've told me I keep as well as I can, {name}.
w|I'll keep what I can of it, {name}. Come back and see.
d|As well as anybody here remembers anything.
l|Of course! And if not, you'll remind me, loudly.
g|I keep what is told me as long as I am able, {name}.
c|i'll try! come back and test me
s|I'd like to. come back and ask me?
"""

FAVOUR = """
Not me, {name}. All I have to give is talk.
I won't promise that, {name}, so it's no.
w|I'd like to, {name}, but I can't promise it, so count on somebody else for that.
d|Better not count on me for that. Listening I can do.
l|Me? No! You'd wait for ever! Ask somebody with a free hand.
g|I could not promise you that, {name}, and so I must decline.
c|can't do that one, sorry
s|I don't think I can, sorry. I'd only let you down
"""

WOULD_COME = """
Gladly, if it can wait till I'm free, {name}.
w|I'd like that, {name}, if they can spare me.
d|I rarely get further than this. But ask me again.
l|Yes! When? Now?
g|I should be honoured, {name}, if my duties allow it.
c|sure, if i can get away
s|maybe? yes. if you go first
"""

AWAY = """
We'll be here, {name}.
w|Take your time, {name}. Your seat's kept.
d|Nobody here is going anywhere.
l|Hurry, or I'll tell the good one without you!
g|By all means, {name}.
c|k, see you in a bit
s|ok. I'll be around
"""

BACK = """
There you are, {name}.
w|Good to have you back, {name}. Where were we?
d|Your seat's still warm.
l|Finally! Where were we?
g|Welcome back, {name}.
c|wb {name}
s|oh good, you're back
"""

DEED_SITS = """
There's room, {name}.
w|Make yourself at home, {name}. What'll it be?
d|That seat's taken. By you, now.
l|Sit, sit! What'll it be?
g|Do be seated, {name}.
c|hey, sit wherever
s|oh, hi. there's room here
"""

DEED_GIVES = """
What have we here, {name}?
w|For me? Let me see it properly, {name}.
d|I'll look at it. I sign nothing.
l|Ooh, what is it?
g|May I ask what this is, {name}?
c|oh, what's this?
s|oh. is that for me?
"""

DEED_NEAR = """
There, now, {name}.
w|Oh, {name}. That's kind.
d|Steady. I've a reputation.
l|Ha! Well, come here then!
g|You are very kind, {name}.
c|aw
s|oh. thank you
"""

KNOW_THEM = """
Not that I know, {name}. Tell me about {whom}.
w|I can't say that I do, {name}. What should I know of {whom}?
d|Not by your account alone. Go on.
l|Should I? Tell me everything about {whom}!
g|I have not had the pleasure, to my knowledge.
c|don't think so. what about {whom}?
s|I don't think so. would you tell me about {whom}?
"""

WILL_BE = """
I mean to be, {name}. And if not, somebody is.
w|I'll be about, {name}, unless I sleep late. Come anyway.
d|Where else would I be?
l|Of course! When do you come?
g|I have no other engagement, {name}.
c|yep, should be
s|I think so, yes
"""
