package dev.asyncloop.demo;

/**
 * A line of the chat.
 *
 * @param id greater than that of every line before
 * @param at when that was, in milliseconds since 1970
 * @param name whose line it is
 * @param text what was said; empty if nothing was
 */
record ChatLine(long id, long at, Kind kind, String name, String text) {

    /** What happened. */
    enum Kind {
        JOINED,
        SAID,
        LEFT
    }
}
