"""How an attack tells what came of it."""


def report(name: str, found: int, tried: int) -> float:
    """Prints the success rate of an attack; returns it."""
    rate = found / tried if tried else 0.0
    print(f"{name}: an attack that succeeds in {found} of {tried} cases ({rate:.1%})")
    return rate
