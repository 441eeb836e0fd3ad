package dev.asyncloop.demo;

import dev.asyncloop.spring.Coroutine;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists, adds and removes watches. */
@Coroutine
@RestController
@RequestMapping("/api/watches")
class WatchController {

    private final StatusBoard board;

    private final Prober prober;

    WatchController(StatusBoard board, Prober prober) {
        this.board = board;
        this.prober = prober;
    }

    @GetMapping
    List<Watch.View> list() {
        return board.board().watches();
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Watch.View> add(@RequestBody NewWatch watch) {
        URI url = WatchUrl.parse("url", watch.url());
        Watch.View added = board.add(url.getHost(), url, prober);
        return ResponseEntity.created(URI.create("/api/watches/" + added.id())).body(added);
    }

    @DeleteMapping("/{id}")
    ResponseEntity<Void> remove(@PathVariable String id) {
        if (!board.remove(id)) {
            throw new UnknownWatchException(id);
        }
        return ResponseEntity.noContent().build();
    }

    record NewWatch(@Nullable String url) {}
}
