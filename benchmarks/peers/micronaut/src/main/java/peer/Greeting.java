package peer;

import io.micronaut.core.annotation.Introspected;

@Introspected
record Greeting(String message, int number) {

    static final Greeting HELLO = new Greeting("Hello, world", 42);
}
