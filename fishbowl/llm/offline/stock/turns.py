"""How to enter, open, turn, and leave; and what to say about what a persona names.

{topic} an interest, {goal} a goal, {value} a value, {memory} a recollection as a sentence or more,
{name} somebody, {a}/{b} two topics, {room} the room's name."""

BRIDGE = """
On another matter.
Something else.
d|Before this gets any deeper.
l|Oh! Before I forget!
c|ok, new subject.
g|If I may turn to another question.
w|Something else has been on my mind.
Leaving that where it is.
d|Right. Enough of that.
s|can we talk about something else for a bit?
l|Completely different thing.
Meanwhile.
Here's one I've been saving.
g|That point being exhausted, another.
w|Let's give that a rest, it's worked hard.
c|anyway.
d|While we're getting nowhere.
Change of wind.
I've had a thought, and it's nothing to do with this.
l|Stop. Different question.
This has been sitting in me all day.
s|this is random.
We've been round that twice now.
g|I move that we adjourn that and take up the next item.
d|That horse is dead. Next.
w|There's another thing, if you've the patience.
No more about that from me.
c|unrelated.
l|Right! Somebody ask me something! No, I'll ask.
Put a pin in that.
"""

BRIDGE_TIED = """
{Word}. And that puts me on to something else.
l|{Word}! Which reminds me.
From {word} it's a short step to this.
d|Off {word}, before somebody gets hurt.
w|{Word} made me think of another thing.
g|Allow me to pass from {word} to a nearer concern.
Enough about {word}.
c|ok enough {word}.
s|{word} got me thinking.
That's {word} done, then.
"""

JOIN = """
Sorry, I was listening.
w|I've been sat here trying not to join in.
d|I couldn't help hearing. I did try.
l|Wait, what did I miss?
c|ok I have to jump in.
g|Forgive me; I have been following with interest.
s|can I say something?
Room for one more opinion?
d|Against my better judgement.
l|I heard that!
w|Move over a bit.
I only caught the end of that.
g|If I may be permitted a word.
c|hi, hello, hot take.
I was going to keep out of this.
"""

TOPIC_CLAIM = """
I could talk about {topic} until they turn the lights off.
{Topic}. Nobody takes the time any more.
What people get wrong with {topic} is how long it takes.
d|{Topic} cost me more than my rent, one year.
w|I was never lonely with {topic}, and that's more than I can say for company.
l|Give me an hour and I'll have you hooked on {topic}!
g|I have given {topic} more years than I can justify.
c|I get weirdly intense about {topic}.
s|I don't feel stupid when it comes to {topic}, which is new.
There's a right way into {topic}, and I found it last.
I learned {topic} from somebody with no patience at all.
d|Everyone has an opinion on {topic}. Few have calluses.
w|It was {topic} that got me through a bad spring.
I've changed sides on {topic} twice, and I'm not done.
l|Half of what I know about {topic} I learned by breaking it!
The first year of {topic} is all mistakes; the good ones come later.
g|On {topic} I hold views which I have been asked to keep short.
My worst arguments have all been about {topic}.
c|you get better at {topic} once you stop trying to be good.
I'd not trust anybody who found {topic} easy.
d|If {topic} were useful I'd have given it up.
I started on {topic} by accident, and stayed out of spite.
w|There's a kind of quiet in {topic} I don't get elsewhere.
I still get {topic} wrong in new ways every month.
s|I never know how much about {topic} is too much.
Yesterday I lost the whole afternoon to {topic}.
You can be lied to about {topic} for years and never notice.
My hands knew more about {topic} than I did.
d|I was warned about {topic}. By experts.
w|Somebody sat me down once and showed me {topic}, properly, and I've been grateful since.
l|I dreamt about {topic} last night, and I was winning!
g|The literature on {topic} is large, and mostly mistaken.
c|nobody talks about {topic} enough, there, I said it
s|I only got into {topic} so I'd have something to say.
Every argument in our house ended up at {topic}.
There are two kinds of people where {topic} comes in, and I'm the other one.
I'd give up sugar before I gave up {topic}.
It isn't the cost of {topic}, it's the storage.
d|With {topic} you get what you pay for, minus a fifth.
w|Ask me about {topic} when I'm low, it helps.
l|The best hour of my week had {topic} in it!
g|As regards {topic}, I began late and shall end early.
c|me and {topic}, it's complicated
Between {topic} and sleep I've usually chosen wrong.
I have a drawer at home that is nothing but {topic}.
People lower their voices about {topic}, I don't know why.
s|I practise {topic} when nobody's in.
What I know of {topic} fits on a postcard, and I've sent it.
Mention {topic} to my family and somebody leaves the room.
I used to be insufferable about {topic}; now I'm only keen.
d|Half of {topic} is waiting. The other half is tools.
"""

TOPIC_QUESTION = """
Has anybody here ever really tried {topic}?
What would it take to get you into {topic}?
d|Does anyone care about {topic}, or is it only me and the dust?
l|Right, {topic}: for or against?
w|Who taught you what you know about {topic}?
g|May I enquire where you stand on {topic}?
c|ok but what's everyone's deal with {topic}?
s|Is it odd to care this much about {topic}?
When did you last think about {topic}, honestly?
Where would you even start with {topic}?
d|Name one good thing that came of {topic}.
l|If you had to explain {topic} to a child, what would you say first?
What was the first thing you heard about {topic}?
w|Is there something you love the way I love {topic}?
Would you pay money for {topic}?
g|Which authority do you follow in the matter of {topic}?
Could you live without {topic}?
c|anyone else up thinking about {topic}?
What's the worst advice you ever had about {topic}?
Who here is better at {topic} than they let on?
w|What was it that put you off {topic}, if something did?
l|If there were a prize for {topic}, which of you would cheat?
d|Is there money in {topic}? Asking for my landlord.
g|Might somebody correct me upon {topic}?
c|rate {topic} out of ten, go
s|do you ever get nervous about {topic}?
Where did {topic} go wrong, in your view?
How much {topic} is too much?
What would your mother have said about {topic}?
"""

TOPIC_ASIDE = """
{Topic}, always {topic}.
c|{topic} mention!
d|Here we go. {Topic}.
l|{Topic}! Finally!
w|Ah, {topic}.
g|{Topic}, then.
Don't start me on {topic}.
s|oh, {topic}.
"""

TOPIC_OPEN = """
I've been turning {topic} over all day, and I'd like somebody to argue with.
Who's awake? I want to talk about {topic}.
d|Nobody asked, but: {topic}.
l|Drop everything! {Topic}!
w|I had {topic} on my mind, and then I thought of you lot.
g|It occurs to me that we have never properly discussed {topic}.
c|so. {topic}. thoughts?
s|does anyone want to talk about {topic}? no pressure
This morning it was {topic} that woke me.
I made a mistake with {topic} today that I'm rather proud of.
d|Three hours on {topic}, and what have I got? A sore neck.
w|Somebody tell me something good about {topic}.
l|I need a second opinion about {topic}, and a third.
"""

GOAL_LINE = """
I still mean to {goal}.
What I want, these days, is to {goal}.
d|I'm meant to {goal}. You see how that's going.
w|One thing keeps me going: I want to {goal}.
l|One day I'll {goal}, and you'll all have to watch!
c|trying to {goal}. slowly.
g|It remains my intention to {goal}.
s|I want to {goal}, if I don't lose my nerve.
I got no further today. Still, I mean to {goal}.
"""

VALUE_LINE = """
For me it comes back to {value}.
Call it {value}, if it needs a name.
d|{Value}. Old-fashioned, I know.
w|I was brought up on {value} and soup.
g|I place {value} above convenience, and I am seldom thanked.
c|I'm just big on {value}, I guess.
{Value}. There's too little of it about.
"""

MEMORY_LEAD = """
d|I've a story for that, unfortunately.
l|Oh, that brings something back!
g|It recalls another case to me.
c|this reminds me.
s|it's a bit like this time.
Something of the kind happened to me.
It puts me in mind of this.
Let me give you one back.
Here's one from my side.
I know one like it.
You've woken an old one.
d|I'll see that, and raise it.
Not the same, but near.
w|I thought of this while you were talking.
That's nearly how mine goes.
l|Listen to this, then!
c|ok mine's worse
One for the pile.
w|I had one of those.
g|There is a precedent.
Close to home, that.
d|Mine's shorter. Slightly.
It was this way with us.
"""

HEARD_LEAD = """
The way I heard it:
d|Don't quote me on this.
w|I was told this, and I've kept it.
g|It was reported to me as follows.
c|I heard a thing.
l|Listen, I was told something!
This reached me second-hand.
"""

CONFIDE = """
Can I tell you something? Keep it to yourself.
I haven't told anybody this.
Between us.
w|I've been wanting to tell somebody, and I'd sooner it were you.
d|You didn't get this from me.
g|In confidence, if I may.
c|ok, don't tell anyone.
s|I wasn't going to say anything, but.
l|I can't keep it in any longer!
This stays here.
"""

TOLD_BY = """
{name} told me once that {memory}
I have it from {name} that {memory}
It was {name} who told me that {memory}
Ask {name}. I was told that {memory}
"""

KNOWN_OF_YOU = """
What I know of you?
Let me see.
d|I keep a small file.
w|I do listen, {name}.
g|To the best of my knowledge:
c|ok so.
s|only what you've told me
l|Oh, I know you!
"""

YOU_TOLD = """
You told me {memory}
You said {memory}
w|I remember that. You told me {memory}
d|You said so yourself: {memory}
g|If I recall rightly, you told me {memory}
c|you told me {memory}
s|you said {memory}, I think
l|I know this one! You told me {memory}
"""

I_SAID = """
I said as much myself: {memory}
My own words: {memory}
g|I believe I put it so: {memory}
"""

THEY_SAID = """
{name} said, and I quote: “{memory}.”
In {name}'s own words: “{memory}.”
I had it from {name}: “{memory}.”
d|{name}, word for word: “{memory}.”
"""

NO_MEMORY = """
I don't remember anything about that. Did you tell me?
If you ever told me, it's gone. Tell me again?
w|I'm sorry, {name}, I don't remember that. Will you tell me?
d|Nothing comes. Either you never said, or I wasn't listening.
g|I have no memory of that, and would rather not invent one.
c|no idea, don't think you told me
s|sorry, I don't remember that
l|Not a thing! Did I miss it?
I wasn't there for that, or I don't remember it.
"""

BEFORE = """
I've told this before, I'll tell it again.
d|Stop me if you've heard it.
w|You've had this from me already, I think.
g|I repeat myself, knowingly.
c|I know I've said this before.
As I've said.
l|I know, I know, this again!
"""

GREET = """
Come in, {name}. Mind the mood.
{name}. Good. Sit anywhere.
d|{name}. You missed nothing, I checked.
w|{name}, there you are. We kept you a place.
l|{name}! Quick, whose side are you on?
g|Good to see you, {name}. You find us mid-argument.
c|hey {name}
s|oh hi {name}, hi
Hello, {name}. What brings you?
Evening or morning, {name}? I've lost track.
w|Welcome, {name}. What do they call you when you're in trouble?
d|Another one. Hello, {name}.
l|{name}, settle something for us!
"""

FAREWELL = """
Right. That's me.
Off, before I agree with somebody.
w|Mind how you go.
d|Mostly enjoyed that.
l|I'm gone! Don't finish without me!
g|Good night, with reservations.
c|ok I gotta go
s|I should go. this was nice
To be continued, then.
Same time tomorrow, same quarrel.
w|Go home and sleep, you lot.
d|I'll leave while I'm ahead.
That's my cue.
l|Bye! Write it down, somebody!
g|The rest must keep until tomorrow.
Somebody else have the last word.
c|night all
w|Good talk. I mean it.
Bed, before I say something true.
I've things to see to.
d|Enough wisdom for one day.
s|ok, going, for real this time
Keep the rest of it for me.
g|I take my leave.
l|Tell me how it ends!
Leave it there. Good place.
"""

ASK_ROOM = """
What did everybody do today that wasn't work?
Who's hungry?
d|Anybody going to say something, or shall we listen to the walls?
w|How is everyone, and I don't mean fine?
l|Somebody tell me a thing I couldn't have guessed!
g|Has anything of consequence occurred in my absence?
c|so what's everyone up to?
s|is it quiet or is it just me?
Give me one good thing and one bad one, from anybody.
What's the last thing you changed your mind about?
Which of you has news?
d|I've run out of thoughts. Lend me one.
w|What's been on your mind, any of you?
l|Let's have an argument! A small one!
What did you have for breakfast, and was it worth it?
c|tell me something weird
What was that noise?
g|I should be glad of a subject.
Who slept well? Be honest.
What would you do with a free Tuesday?
"""
