package dev.asyncloop.demo;

/** How something that is watched does. */
enum State {
    UP,
    SLOW,
    DOWN
}
