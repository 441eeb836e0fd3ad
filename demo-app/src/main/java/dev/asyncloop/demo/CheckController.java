package dev.asyncloop.demo;

import dev.asyncloop.Async;
import dev.asyncloop.Task;
import dev.asyncloop.spring.Coroutine;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Fetches a list of URLs once, all at the same time. */
@Coroutine
@RestController
class CheckController {

    private final Prober prober;

    private final BoardProperties properties;

    CheckController(Prober prober, BoardProperties properties) {
        this.prober = prober;
        this.properties = properties;
    }

    /** Answers in the order of the URLs. */
    @PostMapping(path = "/api/check", consumes = MediaType.APPLICATION_JSON_VALUE)
    List<Answer> check(@RequestBody List<@Nullable String> urls) {
        if (urls.size() > properties.maxCheckUrls()) {
            throw new InvalidInputException(
                    "urls",
                    "has " + urls.size() + " entries",
                    "send at most " + properties.maxCheckUrls() + " at a time");
        }
        List<URI> parsed = new ArrayList<>();
        for (String url : urls) {
            parsed.add(WatchUrl.parse("urls[" + parsed.size() + "]", url));
        }
        List<Task<Answer>> answers = new ArrayList<>();
        for (URI url : parsed) {
            answers.add(Async.spawn(() -> new Answer(url.toString(), prober.probe(url))));
        }
        return Async.gather(answers);
    }

    record Answer(String url, ProbeResult result) {}
}
