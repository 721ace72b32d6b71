#!/usr/bin/env python3
"""Writes brandiag.ini(5) to stdout: the tables of docs/configuration.md, which a test holds against the program.

    cmake/man_ini.py > etc/man/brandiag.ini.5"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
HEAD = r'''.\" Made by cmake/man_ini.py from docs/configuration.md.
.TH BRANDIAG.INI 5 "" "brandiag VERSION" "File Formats"
.SH NAME
brandiag.ini \- configuration of brandiag
.SH SYNOPSIS
.I ./brandiag.ini
.br
.I ~/.config/brandiag/brandiag.ini
.br
.I /etc/brandiag/brandiag.ini
.SH DESCRIPTION
Sections in brackets, and in them lines of the form
.IR "key = value" .
A comment begins with ; or # at the beginning of a line, or with a blank and ; behind a value. A section stands in the file
once, and a key once in its section; unknown ones are refused with the nearest known name. A key that is not there has its default.
.B brandiag check
tells what is wrong, with file, line and remedy;
.B brandiag check \-\-show
prints every value in use and where it comes from.
'''
TAIL = r'''.SH SEE ALSO
.BR brandiag (1)
'''


def text(markdown):
    """One paragraph of Markdown as roff."""
    markdown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    markdown = markdown.replace("\\|", "|").replace("\\", "\\e").replace("-", "\\-")
    markdown = re.sub(r"\*\*([^*]*)\*\*|`([^`]*)`", lambda m: f"\\fB{m[1] or m[2]}\\fR", markdown)
    return re.sub(r"^([.'])", r"\\&\1", markdown)


def row_of(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))]


def option(key, kind, default, meaning):
    usual = "" if default == "–" else f", default {text(default)}"
    return f".TP\n{text(key)} ({text(kind)}{usual})\n{text(meaning)}\n"


def main():
    version = re.search(r"project\(brandiag VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
    out, heading, columns = [HEAD.replace("VERSION", version)], None, None
    for line in (ROOT / "docs/configuration.md").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"(##+) (.+)", line):
            heading, columns = match, None
        elif not line.startswith("|"):
            columns = None
        elif columns is None:
            columns = row_of(line)
            if columns == ["type", "written"]:
                out.append(".SH TYPES\n")
            elif columns == ["key", "type", "default", "meaning"]:
                out.append(f".S{'H' if heading[1] == '##' else 'S'} \"{text(heading[2])}\"\n")
        elif set(line) <= set("|- "):
            continue
        elif columns == ["type", "written"]:
            kind, written = row_of(line)
            out.append(f".TP\n.B {text(kind)}\n{text(written)}\n")
        elif len(columns) == 4:
            out.append(option(*row_of(line)))
    print("".join(out) + TAIL, end="")


main()
