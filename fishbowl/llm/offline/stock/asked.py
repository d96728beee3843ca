"""What characters say to who asks of the talk itself, of what is written of them or of another, or
puts right what was said before. {name} the person, {other} another, {memory} a line that was said,
{word} what is to stand."""

YOUR_WORDS = """
You said: “{memory}”
w|“{memory}” That's what you said.
d|“{memory}” I'm quoting.
l|You said, “{memory}” I was listening!
g|Your words were: “{memory}”
c|you said “{memory}”
s|you said “{memory}”, I think
"""

MY_WORDS = """
I said: “{memory}”
d|“{memory}” It won't improve by repeating.
g|My words were: “{memory}”
c|i said “{memory}”
"""

TALKED_OF = """
We were at what you told me: “{memory}”
d|Of this, by you: “{memory}”
g|You had said: “{memory}” We had come no further.
c|you'd said “{memory}”
"""

THAT_WAS_ME = """
That was me.
w|Me, I'm afraid.
l|Me! Guilty.
g|Those words were mine.
"""

THAT_WAS_YOU = """
You did.
w|That was you yourself.
d|You, as far as I heard.
c|you did
"""

THAT_WAS = """
That was {other}.
w|{other} did.
g|It was {other} who said so.
c|{other} said it
"""

NOTHING_YET = """
Nothing yet, as far as I heard.
w|Nothing yet that I heard. Begin where you like.
d|So far, nothing. I'd have noticed.
g|Nothing as yet, to my knowledge.
c|nothing yet i think
"""

NOT_WRITTEN = """
That isn't written anywhere of me, {name}, and I won't make it up.
Nobody has written that of me yet.
My author left that open.
w|I couldn't tell you, {name}. Whoever wrote me left that out.
w|I'd tell you if I knew, {name}. It was never written of me.
d|Left blank by whoever wrote me.
d|My author didn't say. I don't ask.
l|Ha, nobody ever wrote that down for me! I truly don't know.
g|It was never written of me, {name}, and I would rather not invent it.
g|On that my author is silent, and so am I.
c|no idea, nobody wrote that part of me
s|I don't know. that was never written about me, I think
"""

NO_SUCH_ONE = """
I know of no {word} of yours. You haven't told me of one.
w|I know of no {word} of yours, {name}. Tell me?
d|No {word} of yours has come up.
l|I know of no {word} of yours! Did I miss something?
g|I know of no {word} of yours, and would rather not invent one.
c|don't think you've told me of any {word} of yours
s|I don't know of any {word} of yours, I think
"""

NO_TELLING = """
That I don't know, {name}, and I'd rather not guess.
w|I don't know that, {name}. Ask the others, one of them may.
d|I don't know. Guesses are free, and worth it.
l|I don't know! Now I want to!
g|That I do not know, {name}, and I would rather not invent it.
c|don't know that one, sorry
s|I don't know, sorry. somebody else might
Nobody has told me that, and I haven't read it.
"""

NO_TELLING_OF = """
{Word}? Nobody has told me that, and I won't guess.
{Word}? That I can't tell you. I'd only be guessing.
w|{Word}. I wish I could tell you, {name}, but nobody has told me.
d|{Word}? Not a thing I've been told. Guesses are free, and worth it.
l|{Word}? I'd love to hear that myself! Ask around and tell me?
g|As to {word}, I have been told nothing, and would rather not invent it.
c|{word}? nobody told me that one, sorry
s|{word}? I can't say, nobody's told me
"""

NOT_KNOWN_OF = """
That I don't know of {other}. I'd be guessing.
w|I don't know that of {other}. You'd have to ask.
d|{other} never said, and I never asked.
l|No idea! Ask {other}, and then tell me?
g|I have no knowledge of that; {other} would be the one to ask.
c|dunno, ask {other}?
s|I don't know that about {other}, sorry
"""

NOT_TOLD_OF = """
I don't know that of {other}, or I don't remember it.
Of {other} I don't know that. I'd be guessing.
w|I don't know that of {other}. You'd have to ask.
d|{other}? Not that I remember.
l|No idea! Ask {other}, and then tell me?
g|I remember nothing of {other} that would answer that.
c|dunno, ask {other}?
s|I don't remember that about {other}, sorry
"""

SET_RIGHT = """
{Word}, then. That's how I'll keep it, {name}.
w|{Word}. Thank you for telling me, {name}.
d|{Word}. The other is struck out.
l|Oh, {word}! I'd have told it wrong to everybody!
g|{Word} it is, {name}. I stand corrected.
c|ok, {word} then
s|{word}, sorry. I'll remember it that way
"""

TAKEN_BACK = """
Then that's how I'll keep it, {name}.
w|Thank you for putting it right, {name}. I'll remember it so.
d|Noted. What stood there before is struck out.
l|Oh! Good that you say so, I'd have told it wrong!
g|I stand corrected, {name}, and shall remember it so.
c|ah ok, got it now
s|oh, ok. I'll remember it that way
"""
