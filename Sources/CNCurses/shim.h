// ncursesw: output to the terminal and terminfo. Imported only by TerminalUI/Curses.swift.
#pragma once
#define NCURSES_WIDECHAR 1
#define _XOPEN_SOURCE_EXTENDED 1
#define _XOPEN_SOURCE 700
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <term.h>
#include <wchar.h>

// Globals that other calls change: Swift 6 refuses them as shared mutable state.
static inline WINDOW *cncurses_screen(void) { return stdscr; }
static inline WINDOW *cncurses_shown(void) { return curscr; }
// Frees what setupterm found.
static inline void cncurses_forget_terminal(void) { del_curterm(cur_term); }
static inline int cncurses_colors(void) { return COLORS; }
static inline int cncurses_color_pairs(void) { return COLOR_PAIRS; }

// Attributes are macros with casts, which the importer drops.
static const attr_t cncurses_bold = A_BOLD;
static const attr_t cncurses_dim = A_DIM;
static const attr_t cncurses_italic = A_ITALIC;
static const attr_t cncurses_underline = A_UNDERLINE;
static const attr_t cncurses_reverse = A_REVERSE;

// Puts one character with its marks, text ended by 0. A cchar_t cannot be made in Swift: its layout is ncurses' own. A
// pair above 32767 travels as the options of setcchar (curs_getcchar(3X)). ERR also means "the lower right corner".
static inline int cncurses_put(int y, int x, const wchar_t *text, attr_t attributes, int pair) {
    cchar_t cell;
    if (setcchar(&cell, text, attributes, 0, &pair) == ERR) return ERR;
    return mvadd_wch(y, x, &cell);
}

// The width that ncurses will assume. Glibc's Swift module leaves it out.
static inline int cncurses_width(wchar_t scalar) { return wcwidth(scalar); }

// A string capability, or NULL: tigetstr also answers (char *)-1, for a name that is no string.
static inline const char *cncurses_capability(const char *name) {
    char *text = tigetstr(name);
    return text == (char *)-1 ? NULL : text;
}
