package dev.asyncloop.spring.slice;

import static dev.asyncloop.Async.yieldNow;

import dev.asyncloop.spring.Coroutine;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What is tested. */
@Coroutine
@RestController
class BoardController {

    private final Prices prices;

    BoardController(Prices prices) {
        this.prices = prices;
    }

    @GetMapping("/board/{symbol}")
    String price(@PathVariable String symbol) {
        yieldNow();
        return symbol + ": " + prices.of(symbol);
    }
}
