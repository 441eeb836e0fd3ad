package dev.asyncloop.benchmarks.app;

/** What is sent as JSON. */
record Greeting(String message, int number) {

    static final Greeting HELLO = new Greeting("Hello, world", 42);
}
