"""What people say in the durability test."""

LINES = (
    "Odile, is there any soup left?",
    "Has anybody seen the ferry's lights?",
    "Bram, what are you mending there?",
    "It is colder on the wall than it looks.",
    "Pilar, how low will the tide be tonight?",
    "I waited an hour at the slip and saw nothing but gulls.",
    "Tamsin, what did they say at the ticket office?",
    "Somebody left a lamp burning by the nets.",
    "Fenwick, was that in the harbour log?",
    "I could sleep standing up.",
    "Nneka, do you come here every evening?",
    "What would you do if it never came?",
    "Ignatius, is the clock wrong on purpose?",
    "The stove wants feeding, I think.",
    "Sorrel, who taught you that song?",
    "My mother used to say the sea keeps its own hours.",
)
