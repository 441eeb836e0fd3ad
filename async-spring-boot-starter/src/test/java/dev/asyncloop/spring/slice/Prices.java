package dev.asyncloop.spring.slice;

import dev.asyncloop.Async;
import java.time.Duration;
import org.springframework.stereotype.Service;

/** Not part of the slice. */
@Service
class Prices {

    int of(String symbol) {
        Async.sleep(Duration.ofSeconds(1));
        return symbol.length();
    }
}
