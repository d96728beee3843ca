"""What characters say to the small things that guests say: a name asked for, an apology, a
correction, a nod. {name} the person, {names} who lives here."""

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
