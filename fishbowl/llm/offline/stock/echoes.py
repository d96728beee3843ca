"""Frames that pick up another's words. {Np}/{np} a noun phrase as it was said, {the} with a
definite article, {bare} without any, {q} a few words quoted exactly, {Word}/{word} a topic's name.
A phrase never stands as the subject of a present tense, since nobody here knows its number."""

ECHO_QUESTION = """
{Np}?
{Bare}?
Hold on. {Np}?
c|wait, {np}?
l|{Np}! Since when?
d|{Np}. Really.
{Np}? On a day like this?
g|{Np}, you say?
w|{Np}? Tell me that part.
Go back to {the}.
s|sorry, {np}?
{Np}? How did that come into it?
l|No, start with {the}!
Say that bit about {the} again.
c|ok but {np}?
g|Might we return to {the}?
l|{Np}, you said? Which one?
d|{Np}. There's always one of those.
{Np}? I'd have left that out.
s|sorry, {np}, on purpose?
How does one get from there to {np}?
l|Wait, go back, {np}?
d|You had me until {the}.
"""

ECHO_TOLD = """
What was it with {the}?
What became of {the}?
w|And {the}, in the end?
w|Who looked after {the}?
d|{Np}? And that was the plan?
l|No! And {the}? Tell me about {the}!
c|ok but what happened to {the}?
g|And what, may I ask, became of {the}?
s|is {the} all right now?
d|I take it {the} wasn't consulted.
"""

ECHO_STATEMENT = """
I'm still on {the}, sorry.
{The}, yes. I'd have started there.
d|I'd keep quiet about {the}, personally.
You can't just say {np} and move on.
w|You lit up when you got to {the}.
I'd like to hear {the}'s side of it.
l|I want the whole thing just for {the}!
d|{The} again. I should have known.
g|I note {the}, and reserve my opinion.
c|can't stop thinking about {the} now.
w|I can picture it, down to {the}.
s|{the}. I don't know why that got me.
Leave {the} out of this.
d|Nothing good ever began with {np}.
It always comes down to {np}, doesn't it.
{Np}. I've met worse.
I had you down for anything but {np}.
w|I'm glad somebody remembers {the}.
d|Somebody should write a stern letter about {the}.
l|{Np}! See, that's what I mean!
g|For {the} alone it deserves recording.
I'd trade a good deal for {np} right now.
c|and nobody's asking about {the}?
Trust you to bring up {np}.
w|{The}. Yes. I was hoping you'd get to that.
I've nothing against {the}, mind.
d|I blame {the}.
"""

QUOTE = """
"{q}." I'm keeping that.
d|"{q}." Listen to yourself.
l|"{q}"! Who says that?
"{q}," and you said it with a straight face.
g|"{q}." Those were the words, for the record.
c|"{q}" is going on a mug.
w|"{q}." That's it exactly.
d|"{q}." Bold of you.
"{q}." Would you say that under oath?
s|"{q}"... I needed to hear that today.
You say "{q}" as if that settled it.
"{q}." I'd want that in writing.
w|I like "{q}." I'd not have thought to put it so.
d|Define "{q}."
l|"{q}." No. Explain.
"""

SPEAKING_OF = """
Speaking of {word}.
Since we're on {word}.
On {word}, then.
d|If it's {word} you want.
w|You've got me started on {word} now.
l|Oh, {word}! Right, listen.
c|ok so, {word}.
g|As to {word}.
You say {word}, and I'm gone.
While we're at {word}.
"""

MENTIONED = """
{Name} said it too, earlier: {word}.
You said {word}, {name}. Now I can't let it go.
I'm still with {name} and {word}.
Back to what {name} said about {word}.
"""
