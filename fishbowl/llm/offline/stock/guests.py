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
