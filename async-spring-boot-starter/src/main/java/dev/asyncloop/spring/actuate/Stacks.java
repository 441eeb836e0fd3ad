package dev.asyncloop.spring.actuate;

import java.util.List;

/** Stacks as the endpoints tell them. */
final class Stacks {

    private Stacks() {}

    static List<String> text(List<StackTraceElement> stack) {
        return stack.stream().map(StackTraceElement::toString).toList();
    }
}
