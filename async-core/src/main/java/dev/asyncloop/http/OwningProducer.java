package dev.asyncloop.http;

import dev.asyncloop.IOLoop;

/** A producer of something that has to be closed, also if the body is never wanted. It closes that when it has produced. */
interface OwningProducer extends BodyProducer {

    /** Closes what this owns; called by the loop, and instead of {@link #produce}. */
    void discard(IOLoop loop);
}
