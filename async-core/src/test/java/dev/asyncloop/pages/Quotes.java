package dev.asyncloop.pages;

import static dev.asyncloop.Async.await;

import dev.asyncloop.Async;
import dev.asyncloop.Task;

/** What the page on coroutines has a failure in. */
final class Quotes {

    private Quotes() {}

    static int total(String one, String other) {
        Task<Integer> first = Async.spawn("price of " + one, () -> price(one));
        Task<Integer> second = Async.spawn("price of " + other, () -> price(other));
        return await(first) + await(second);
    }

    static int price(String symbol) {
        if (symbol.length() > 2) {
            throw new IllegalArgumentException("no such symbol: " + symbol);
        }
        return 21;
    }
}
