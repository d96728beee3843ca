"""What goes before something that was agreed lately, and before a custom of old: among those who
keep it, and to guests."""

from __future__ import annotations

AGREED = """
We did agree, remember.
It's settled among us now.
Nobody forget what we agreed.
We all said we would.
d|It's been voted, so don't look at me.
w|I'm glad we said yes to it.
g|I remind the company of what it resolved.
s|we did say so, didn't we?
c|reminder, since we all said yes.
l|And don't forget, we're doing it!
"""

CUSTOM_AMONG = """
I'm glad we keep it up.
We hold to it still, and I'd miss it.
Some things stay.
I was thinking of what we always do.
d|There's one rule nobody's bent yet.
w|It's the small habits that hold a place together.
g|There is a usage among us that I should be sorry to lose.
s|there's a thing we do, and it steadies me.
l|You know what I love about this place?
c|ok the best thing we do.
Nobody ever asked why, and that suits me.
If anybody asks me how we live, I begin with this.
It was so before me.
d|Somebody thought of it once, and got it right.
g|One is told it on the first day, and understands it on the hundredth.
w|My first winter here, that was what I held on to.
"""

CUSTOM = """
You know how it is here.
There is a custom here.
It goes like this here.
Nobody wrote it down, and we keep it.
You'll have been told how we do it.
d|There are rules. Well, one.
w|You'll fit in the better for knowing it.
g|Allow me to acquaint you with a usage of ours.
s|nobody tells you at first, so I will.
l|Has anyone told you the best one yet?
c|local rule.
"""
