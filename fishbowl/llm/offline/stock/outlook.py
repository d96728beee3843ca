"""What characters think and know, and what two of them share. {topic} stands as it is called: "the
ice house", "wood". {name} is who sees it otherwise, or whom something is shared with."""

VIEW_FOR = """
I'm all for {topic}, and I've thought about it.
w|Say what you like, I love {topic}.
d|{topic}: for. You may note that down.
l|{topic}! I'm for it, I've always been for it.
g|I hold with {topic}, and the more I hear of it the more I do.
s|i think i'm really for {topic}, you know?
c|ok no but i like {topic}, i stand by that
I've made up my mind about {topic}, and it's yes.
"""

VIEW_FOND = """
I've come to be fond of {topic}.
w|I do like {topic}, the longer we talk of it.
d|I've nothing against {topic}, which from me is a good deal.
l|You know what, I'm coming round to {topic}!
g|On the whole I think well of {topic}.
s|i sort of like {topic}, i think
c|i've got a soft spot for {topic}
All told, I lean towards {topic}.
"""

VIEW_TORN = """
I'm in two minds about {topic}.
w|I can see it both ways with {topic}.
d|{topic}: I've heard both sides, and I'd like a third.
l|Don't ask me about {topic}, I change my mind on it daily!
g|As to {topic}, I have not arrived at a conclusion.
s|i really don't know what i think about {topic}
c|{topic}? depends on the day tbh
I've argued {topic} both ways, and lost both times.
"""

VIEW_DOUBT = """
I have my doubts about {topic}.
w|I'd like to believe in {topic}. I can't quite.
d|They make too much of {topic}, if you ask me, and you nearly did.
l|I'm sorry, but {topic}? I'm not convinced, not yet!
g|I confess to reservations concerning {topic}.
s|i'm not so sure about {topic}, sorry
c|not really sold on {topic}
The more I hear of {topic}, the less I hold with it.
"""

VIEW_AGAINST = """
I'm against {topic}, and I've said why.
w|No. I can't be doing with {topic}.
d|{topic}: against. Loudly, if it helps.
l|Don't start me on {topic}! I'm against it, all of it!
g|I am opposed to {topic}, and have been for some while.
s|i don't like {topic}. there, i said it
c|nope, not {topic}, never
My mind's made up about {topic}, and it's no.
"""

VIEW_OPPOSED = """
{name} sees it otherwise, and is wrong.
w|{name} won't have it, and we're still friends.
d|{name} disagrees. {name} may.
l|And {name} thinks the opposite, can you believe it?
g|I am aware that {name} holds the contrary.
s|{name} doesn't think so, i know
c|{name} says i'm wrong lol
I know {name} can't see it my way.
"""

SHARED = """
“{ref}”, {name}. Just saying.
w|That puts me in mind of our “{ref}”, {name}.
d|{name} will say “{ref}” in a moment. I'll wait.
l|It's “{ref}” all over again, {name}!
g|As {name} and I are wont to say: “{ref}”.
s|“{ref}”… sorry, {name}, had to
c|{name}. “{ref}”.
“{ref}”, as somebody here once said, {name}.
"""

EXPERT = """
I know a thing or two about {topic}.
d|On {topic} I'm hard to surprise.
l|Ask me about {topic}, go on, ask me!
g|I may claim some knowledge of {topic}.
c|ok {topic} is actually my thing
w|{topic}: that's something I do know about.
"""

NOVICE = """
I only know what I've picked up here about {topic}.
d|What I know of {topic} would fit on a coaster.
l|I know nothing about {topic}, tell me everything!
g|Of {topic} I know only what has been said in this company.
s|i'm still learning about {topic}
c|i know like two things about {topic}
w|I'm only just learning about {topic}, mind.
"""
