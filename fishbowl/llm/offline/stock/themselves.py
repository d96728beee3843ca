"""Answers to what a guest tells of themselves: their birthday, work, home, likes and views."""

BIRTHDAY_WISH = """
Happy birthday, {name}!
Then many happy returns, {name}.
w|Happy birthday, {name}. I hope somebody is good to you.
w|Many happy returns, {name}. What would make it a good one?
d|Happy birthday. A year survived is a year survived.
d|Many happy returns, {name}. You carry it well, from here.
l|Happy birthday, {name}! Is there cake? Tell me there's cake!
l|A birthday! Happy birthday! How are you keeping it?
g|My best wishes upon the day, {name}.
g|Many happy returns of the day, {name}. May the year be kind.
c|happy birthday!! doing anything nice?
c|oh, happy birthday
s|oh! happy birthday, {name}. I'd have made something
s|happy birthday! is it a nice one so far?
"""

BIRTHDAY_SOON = """
Then I'll say it early: many happy returns, {name}.
w|How nice, {name}. What would make it a good one?
d|So it's the last of this year for you. Spend it badly.
l|Oh! Is there going to be cake?
g|I wish you a happy one, {name}, when it comes.
c|ooh nice, any plans?
s|oh, that's soon. are you looking forward to it?
"""

FEAST_WISH = """
And to you, {name}.
The same to you, {name}.
w|And to you and yours, {name}.
w|Thank you, {name}. I hope it's a good one for you.
d|And to you. Let's see what comes of it.
d|Thank you. I'll try to live up to it.
l|And to you! And to everybody!
l|Yes! The same to you, {name}!
g|And the same to you, {name}, with my best wishes.
g|Thank you, {name}. May it be as you wish.
c|you too!
c|aw, same to you
s|oh, you too, {name}
s|thank you! I hope yours is nice
"""

SLEEPLESS = """
Since when?
Is it the head, or the legs?
w|Then stay up here a while, {name}. You're not the only one.
w|Poor you. Is there something going round in your head?
d|Sleep is like a cat. Look away and it comes.
d|Neither can half of this place, so you've come to the right one.
l|Oh no, the worst! Have you tried telling a story to the ceiling?
l|Again? Or is it only tonight?
g|A wearisome thing, {name}. Is it something that keeps you, or nothing?
g|The night is long for who counts it. You may count it here.
c|ugh, same some nights
c|that's rough. something on your mind?
s|oh no. do you want to just sit here for a bit?
s|me neither sometimes. it helps to talk about nothing
"""

WHAT_A_DAY = """
Which sort?
Begin anywhere.
w|Sit down, {name}. What did it do to you?
w|A good one or the other sort, {name}?
d|They come in two sizes. Which was it?
d|I've had one of those. It had the same number of hours.
l|Oh? What happened?
l|Tell me! From the start, or from the worst bit!
g|You sound as if it had been a long one, {name}.
g|May I ask in what respect?
c|good or bad?
c|uh oh. what happened?
s|good or bad? you don't have to say
s|oh. was it a lot?
"""

TOLD_WORK = """
And what's a good day there?
How did you come to that?
What do people get wrong about it?
w|Do you like it, {name}? You may say no.
w|And who are the people you do it with?
w|What's the best part of it, {name}?
d|Somebody has to. Do they thank you for it?
d|And do they pay you, or only need you?
d|What would stop if you stayed at home for a week?
l|Really? What did you do today, then?
l|Oh, I've so many questions! What's the strangest bit?
l|Is it as they show it, or quite different?
g|Honourable work, I don't doubt. Has it been long?
g|May I ask what brought you to it, {name}?
g|And does it leave you the evenings?
c|cool, do you like it?
c|oh nice, how long have you done that?
c|is it fun or just ok?
s|oh, that sounds like a lot. is it?
s|do you like it? I'd be nervous, I think
s|what's the nice part of it?
"""

TOLD_FROM = """
What do you miss of it?
What should one see there, that nobody shows?
How does it smell there, in the morning?
w|I've never been, {name}. What would you show me first?
w|Is it home, or only where you live?
w|And is somebody there whom you miss?
d|Is it true what they say of it? I don't know what they say.
d|And the people? I'll forget who told me.
d|I've a map somewhere. I'll look how far you've come.
l|Oh! What do they eat there?
l|Really? What's it like, is it loud?
l|How far is that? Weeks? Say weeks!
g|I have not had the pleasure of seeing it. Is it as one hears?
g|A fair way from here. What do you hold dearest of it?
g|Would you go back, {name}, or stay away?
c|oh cool, what's it like?
c|nice, never been. good food?
c|do you like it there?
s|I've never been anywhere much. is it nice?
s|oh, that's far. do you like it?
s|what's your favourite thing about it?
"""

TOLD_HAS = """
What are they like?
Who's the boss of whom?
And what are their names, if I may ask?
w|Then it's never quiet at home, {name}. Tell me about them.
w|I can hear that you're fond of them, {name}.
d|And who looks after whom?
d|Then you know what noise is.
l|Oh! Tell me everything about them!
l|Are they trouble? Say they're trouble!
g|Good company, I should think, {name}. What are they like?
g|Then your house is seldom silent, I suppose.
c|aw, what are they like?
c|nice, are they loud?
s|oh, lucky. what are they like?
s|are they nice to you?
"""

TOLD_AT_IT = """
How is it so far?
Is it good?
Would you tell a friend to?
w|And do you like it, {name}? Don't give the end away.
w|What's it about, if you had to tell it in a breath?
d|And is it any good, or are you only too far in to stop?
d|Don't tell me how it ends. I like not knowing.
l|Ooh, how far are you? Is it good?
l|Is it exciting? Is somebody in danger?
g|And does it hold what it promised, {name}?
g|May I ask what you make of it so far?
c|oh nice, any good?
c|how is it?
s|is it a sad one? I'm bad with sad ones
s|oh, do you like it?
"""

TOLD_FOND = """
What is it about it?
Since when?
And who showed you that first?
w|I like to hear that, {name}. What is it about it?
w|One hears that you mean it, {name}.
w|Then I'll know what to think of when I think of you.
d|There are worse things to like. I've a list.
d|No accounting for it, and no need to.
d|And what does it say for itself?
l|Oh yes? Say why! Convince me!
l|More than anything? Or nearly?
l|I want to like it now, too. Where do I begin?
g|A taste that does you no harm, {name}. How did it begin?
g|May I ask what you find in it?
g|One ought to be fond of something, and say so.
c|oh nice, how come?
c|fair, what's so good about it?
c|good choice
s|oh, me too, I think. what do you like about it?
s|that's nice. I like it when people like things
s|is it a happy thing for you?
"""

TOLD_DISLIKE = """
What has it done to you?
Since when?
And is there no cure for it?
w|What is it about it that gets you, {name}?
w|Then we'll keep it away from you in here, {name}.
d|A strong word, and early in the day for it.
d|It has survived worse than you. Go on.
l|Oh? What did it ever do to you?
l|Really? I want the whole charge sheet!
g|May I ask what it has done to deserve it?
g|You will have your reasons, {name}. I should like to hear one.
c|haha, why?
c|fair. what's so bad about it?
s|oh no. is it really that bad?
s|same a bit, maybe. what is it about it?
"""

TOLD_VIEW = """
What makes you think so?
Have you always thought so?
And who would say the opposite?
w|Tell me how you came to that, {name}.
w|You may be right, {name}. What convinced you?
d|A view. Good. Somebody ought to have one.
d|I'd have to sleep on that. Why do you think so?
l|Ooh, and why? Fight for it!
l|Really? What would change your mind?
g|An arguable position, {name}. Upon what does it rest?
g|May I ask what brought you to it?
c|hm, how come?
c|could be. why though?
s|I hadn't thought of it like that. why?
s|maybe, yes. what made you think of it?
"""

TOLD_NO = """
Then say where.
With which half of it?
w|Good, {name}. Tell me how you see it.
d|Somebody had to. Go on.
l|Oh? Then out with it, why?
g|You are at liberty to, {name}. On what ground?
c|fair, why?
s|oh, okay. how do you see it?
"""

FOR_FUN = """
{Topic}, mostly.
w|{Topic}, {name}, whenever they let me.
d|You'll laugh. {Topic}.
l|{Topic}! Always {topic}!
g|I confess to {topic}.
c|{topic}, mostly
s|{topic}, I suppose. is that boring?
"""
