package dev.asyncloop.demo;

import java.net.URI;

/** Finds out how a URL does. */
@FunctionalInterface
interface Prober {

    /** Fetches the URL; what goes wrong is the result, not an exception. Waits. */
    ProbeResult probe(URI url);
}
