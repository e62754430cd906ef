"""The table and the JSON."""
import dataclasses
import json

from .contest import slopes


def duration(seconds):
    if seconds is None:
        return ""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}" if seconds * factor < 1000 else f"{seconds * factor:.0f} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def table(heading, lines):
    """Columns as wide as their widest entry; numbers need no more care than that here."""
    lines = [heading] + lines
    widths = [max(len(line[k]) for line in lines) for k in range(len(heading))]
    text = ["  ".join(entry.ljust(width) for entry, width in zip(line, widths)).rstrip() for line in lines]
    return "\n".join([text[0], "  ".join("-" * width for width in widths)] + text[1:])


def measured_table(rows):
    heading = ["benchmark", "case", "size", "who", "threads", "best", "median", "rate", "ratio", "start cold", "cached",
               "result"]
    lines = []
    for row in rows:
        rate = f"{row.rate:.3g} {row.unit}" if row.unit else ""
        ratio = f"{row.ratio:.2f}×" if row.ratio is not None else ""
        lines.append([row.benchmark, row.case, f"{row.size:,}", row.contestant, str(row.threads), duration(row.best),
                      duration(row.median), rate, ratio, duration(row.cold), duration(row.cached), row.check])
    return table(heading, lines)


def slope_table(rows):
    lines = [[line["benchmark"], line["case"], line["contestant"], f"{line['slope']:.2f}",
              " ".join(f"{size:,}" for size in line["sizes"])] for line in slopes(rows)]
    return table(["benchmark", "case", "who", "slope", "sizes"], lines) if lines else ""


def gate_table(gates):
    words = {True: "met", False: "missed", None: "–"}
    return table(["benchmark", "asked (one thread)", "measured", ""],
                 [[gate["benchmark"], gate["asked"], gate["measured"], words[gate["met"]]] for gate in gates])


def print_report(session, facts):
    print()
    for name, value in facts.items():
        print(f"{name}: {value}")
    if session.rows:
        print("\n" + measured_table(session.rows))
        slope_text = slope_table(session.rows)
        if slope_text:
            print("\nHow the time grows with the size (1 is linear):\n" + slope_text)
    for note in session.notes:
        print("\n" + note)
    for reason in sorted(session.skipped):
        print(f"skipped: {reason}")
    if session.gates:
        print("\n" + gate_table(session.gates))
    for failure in session.failures:
        print(f"WRONG: {failure}")


def write_json(session, facts, path):
    content = {
        "machine": facts,
        "scale": session.scale,
        "device": session.device,
        "rows": [dataclasses.asdict(row) for row in session.rows],
        "slopes": slopes(session.rows),
        "notes": session.notes,
        "skipped": sorted(session.skipped),
        "gates": session.gates,
        "failures": session.failures,
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
