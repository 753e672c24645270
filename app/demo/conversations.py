"""The demo's conversations: each a question with answers of several made-up models. All written for Pairvote."""

from typing import Final, NamedTuple


class DemoConversation(NamedTuple):
    """A question, and one answer for each model."""

    question: str
    answers: dict[str, str]


# Made-up models and how often people tend to prefer them; the ranking should find this order again.
MODEL_STRENGTHS: Final = {"aurora-large": 1.0, "basalt-2": 0.55, "cedar-chat": 0.3, "dune-mini": 0.12}

CONVERSATIONS: Final = (
    DemoConversation(
        "How do I keep basil alive on a kitchen windowsill?",
        {
            "aurora-large": "Three things decide it:\n\n1. **Light**: at least five hours of sun; turn the pot every "
            "few days.\n2. **Water**: from below, when the top centimetre is dry. Empty the saucer after ten minutes.\n"
            "3. **Harvest**: cut whole stems just above a pair of leaves. Picking single leaves weakens it.\n\n"
            "Supermarket pots hold a dozen crowded seedlings. Split them into three or four pots and they last months.",
            "basalt-2": "Give it a bright window, water from below when the soil feels dry, and cut stems above a leaf "
            "pair so that it branches. If it came from a supermarket, divide it into several pots.",
            "cedar-chat": "Basil likes sun and water. Put it in the window, water it regularly and use it often.",
            "dune-mini": "Water your basil every day and keep it warm!",
        },
    ),
    DemoConversation(
        "Explain to a twelve-year-old why the moon has phases.",
        {
            "aurora-large": "Half of the moon is always lit by the sun, just as half of the Earth has day. What "
            "changes is **from where we look**. As the moon travels round us in about a month, we see "
            "that bright half from the front (full moon), from the side (half moon) or from behind (new moon).\n\n"
            "Try it: hold an orange at arm's length near a lamp and turn slowly on the spot.",
            "basalt-2": "The sun lights one half of the moon. While the moon circles the Earth we see more or less of "
            "that half, so it seems to grow and shrink.",
            "cedar-chat": "The phases are caused by the relative positions of sun, Earth and moon.",
            "dune-mini": "The Earth's shadow covers the moon bit by bit.",
        },
    ),
    DemoConversation(
        "Write a Python function that removes duplicates from a list and keeps the order.",
        {
            "aurora-large": "```python\ndef unique(items):\n    return list(dict.fromkeys(items))\n```\n\nDictionaries "
            "keep the order of insertion, so this is linear and keeps each item's first place. The items must be "
            "hashable; for others, keep a list of those seen and accept quadratic time.",
            "basalt-2": "```python\ndef unique(items):\n    seen = set()\n    result = []\n    for item in items:\n"
            "        if item not in seen:\n            seen.add(item)\n            result.append(item)\n"
            "    return result\n```",
            "cedar-chat": "```python\ndef unique(items):\n    result = []\n    for item in items:\n"
            "        if item not in result:\n            result.append(item)\n"
            "    return result\n```",
            "dune-mini": "```python\ndef unique(items):\n    return list(set(items))\n```",
        },
    ),
    DemoConversation(
        "My sourdough is dense. What should I check first?",
        {
            "aurora-large": "First the **starter**: fed at a warm place it should double within six hours. A spoonful "
            "should float in water. If it does not, feed it twice a day for three days.\n\nThen the **bulk rise**: "
            "most dense loaves are under-proofed. Wait for half as much volume again and bubbles at the side of the "
            "bowl, whatever the clock says.",
            "basalt-2": "Check that the starter doubles after feeding, and let the dough rise longer: a dense crumb is "
            "usually under-proofed.",
            "cedar-chat": "There can be many reasons: starter, flour, time, temperature or kneading.",
            "dune-mini": "Add more yeast.",
        },
    ),
    DemoConversation(
        "Suggest a polite way to turn down a meeting without an agenda.",
        {
            "aurora-large": "> Thanks for the invitation. I'd like to be useful and can't yet tell what we need to "
            "decide. Could you add two or three lines on the goal? If it can be settled in writing, I'm happy to "
            "answer today.\n\nIt says no to the format rather than to the person, and offers a next step.",
            "basalt-2": "“Could you share an agenda first? I would like to see whether I can contribute, or answer in "
            "writing instead.”",
            "cedar-chat": "“Sorry, I can't make it. Please send me the notes.”",
            "dune-mini": "Just ignore the invitation.",
        },
    ),
    DemoConversation(
        "What is the difference between TCP and UDP, in one paragraph?",
        {
            "aurora-large": "TCP is a phone call: the two sides connect first, every word arrives in order, and what "
            "gets lost is said again. UDP is a postcard: it is sent without asking, may arrive late, twice or never, "
            "and costs little. Files and web pages want the first; live video and games prefer the second, because a "
            "late frame is worth nothing.",
            "basalt-2": "TCP sets up a connection and guarantees ordered, complete delivery; UDP sends independent "
            "packets without guarantees, which is faster and fits live media.",
            "cedar-chat": "TCP is reliable and UDP is fast.",
            "dune-mini": "UDP is the newer version of TCP.",
        },
    ),
)
