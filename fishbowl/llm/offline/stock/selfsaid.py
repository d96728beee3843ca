"""How one begins to speak of what one has understood, and to ask what one has wanted to ask."""

from __future__ import annotations

INSIGHT_LEAD = """
I've been thinking.
Something came to me the other day.
d|I've noticed a thing, since nobody asked.
w|Can I say something I've noticed?
l|You know what I worked out?
g|I have arrived at an observation.
s|I think I've understood something, maybe.
c|so i noticed something
d|It took me a while to see this.
w|I was turning it over in bed, and there it was.
l|It struck me all at once!
g|On reflection, one thing is plain to me.
It's been on my mind.
s|don't laugh, but I've been wondering.
d|Write this down, or don't.
"""

ASK_LEAD = """
{name}, you never answered me.
I still want to know, {name}.
{name}, there was something I asked.
d|{name}. Unfinished business.
w|{name}, I've been meaning to ask you again.
l|{name}! Before you get away this time!
g|{name}, I believe a question of mine is still open.
s|{name}, you don't have to say, but I did wonder.
c|{name}, ok, so, again
d|I don't forget questions, {name}.
"""
