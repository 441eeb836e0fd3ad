package dev.asyncloop.websocket;

import dev.asyncloop.http.Headers;
import java.util.Arrays;
import java.util.stream.Stream;

/** The elements of a header's lists, however many lines they are on. */
final class Tokens {

    private Tokens() {}

    static Stream<String> of(Headers headers, String name) {
        return headers.all(name).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(String::strip)
                .filter(token -> !token.isEmpty());
    }
}
