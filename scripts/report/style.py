"""Colours, marks and type, the same in every figure, on the page and on paper."""

LIGHT = {
    "spin": "#d55e00",
    "spin-text": "#b04a00",
    "blocking": "#009e73",
    "blocking-text": "#00735a",
    "semaphore": "#bf6497",
    "semaphore-text": "#a0487a",
    "queue": "#0072b2",
    "queue-text": "#00639c",
    "amber": "#e69f00",
    "amber-text": "#8a5f00",
    "sky": "#56b4e9",
    "sky-text": "#1f6f9f",
    "ink": "#1a1d21",
    "muted": "#5b6570",
    "axis": "#98a1aa",
    "rule": "#d5d9dd",
    "grid": "#e9ebee",
    "page": "#fdfdfb",
    "shade": "#f3f4f2",
    "heat-1": "#d5ebe4",
    "heat-2": "#9fd5c9",
    "heat-3": "#5fb3b3",
    "heat-4": "#3b88a5",
    "heat-5": "#345e91",
    "heat-6": "#2a2f63",
}
DARK = {
    "spin": "#f08a4b",
    "spin-text": "#f6a06b",
    "blocking": "#2dbf95",
    "blocking-text": "#58d0ad",
    "semaphore": "#dd94bd",
    "semaphore-text": "#e8add0",
    "queue": "#56b4e9",
    "queue-text": "#7cc4ef",
    "amber": "#e6b23c",
    "amber-text": "#e6b23c",
    "sky": "#8fd0f5",
    "sky-text": "#8fd0f5",
    "ink": "#e9ecef",
    "muted": "#a9b2bb",
    "axis": "#737d87",
    "rule": "#3a4149",
    "grid": "#272c32",
    "page": "#15181b",
    "shade": "#1e2226",
    "heat-1": "#1c3a4a",
    "heat-2": "#215b70",
    "heat-3": "#2c8290",
    "heat-4": "#56aaa6",
    "heat-5": "#98d2bd",
    "heat-6": "#e2f5e6",
}
THEMES = {"light": LIGHT, "dark": DARK}
NAMES = {value: name for name, value in LIGHT.items()}  # each light hex has one name, so a drawing can be themed
assert len(NAMES) == len(LIGHT)

# A group of workloads has one colour and one mark wherever it is shown; the terminal has the same.
GROUPS = {
    "spin": "spin",
    "blocking": "blocking",
    "semaphore": "semaphore",
    "queue": "queue",
    "control": "muted",
    "network": "sky",
    "file": "sky",
}
MARKS = {"spin": "o", "blocking": "s", "semaphore": "^", "queue": "D", "muted": "X", "sky": "h", "amber": "p"}
MARK_SIZE = {"o": 7.4, "s": 6.8, "^": 7.4, "D": 6.4, "X": 7.4, "h": 8.0, "p": 8.0}  # px: of equal weight to the eye
OUTLINED = {"amber", "sky"}  # below 3:1 on the light page, so an ink outline carries the shape

# At what share of a fair one a contender is called short of it: the shade of the figures, and what the words go by.
SHORT = 0.5
HEAT_STEPS = (0.25, 0.5, 0.75, 4 / 3, 2.0)


def colour(group):
    """The name of the colour of a group of workloads."""
    return GROUPS.get(group, "amber")


def text_colour(name):
    """The name of the colour that text takes beside marks of this one."""
    return name + "-text" if name + "-text" in LIGHT else name


def line_colour(name):
    """The colour of a line of that group: of an outlined one the darker variant, since a line can't be outlined."""
    return name + "-text" if name in OUTLINED else name


def css_variables(theme):
    """The palette as CSS custom properties."""
    return "".join(f"--{name}:{value};" for name, value in THEMES[theme].items())
