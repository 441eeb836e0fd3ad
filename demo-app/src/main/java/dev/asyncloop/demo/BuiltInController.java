package dev.asyncloop.demo;

import dev.asyncloop.Async;
import dev.asyncloop.spring.Coroutine;
import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Three endpoints that are watched from the start, so that there is something to see. */
@Coroutine
@RestController
@RequestMapping("/demo")
class BuiltInController {

    private static final Duration SLOW = Duration.ofMillis(700);

    private int flakyCalls;

    @GetMapping("/quick")
    String quick() {
        return "quick";
    }

    @GetMapping("/slow")
    String slow() {
        Async.sleep(SLOW);
        return "slow";
    }

    /** Fails every third time. */
    @GetMapping("/flaky")
    ResponseEntity<String> flaky() {
        flakyCalls++;
        return flakyCalls % 3 == 0
                ? ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body("not now")
                : ResponseEntity.ok("fine");
    }
}
