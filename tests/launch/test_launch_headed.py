from rich.console import Console

from launch.headed import headed


def test_numbers_stand_to_the_right_and_what_is_whole_is_not_broken():
    table = headed("id", "about", "size", right=("size",), whole=("id",))
    table.add_row("4f98adc81de777b7", "long words here", "7")
    console = Console(width=36)
    with console.capture() as captured:
        console.print(table)
    lines = captured.get().split("\n")
    cells = [(line[1:17], line[17:31].strip(), line[31:36]) for line in lines if line.strip()]
    assert cells[0] == ("id              ", "about", "size ")
    assert cells[2:] == [
        ("4f98adc81de777b7", "long", "   7 "),
        (" " * 16, "words", "     "),
        (" " * 16, "here", "     "),
    ]
