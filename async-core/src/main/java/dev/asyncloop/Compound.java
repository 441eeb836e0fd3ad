package dev.asyncloop;

/** The subject of a wait for several things. */
interface Compound {

    /** Returns whether code outside of this loop has to end one of those that are waited for still. */
    boolean waitsOutside(DefaultIOLoop loop);
}
