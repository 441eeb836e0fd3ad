package dev.asyncloop.spring.pages;

import static dev.asyncloop.Async.await;
import static java.time.temporal.ChronoUnit.DAYS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicSchedule;
import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.PeriodicAutoConfiguration;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import dev.asyncloop.spring.periodic.PeriodicTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.stereotype.Component;

/** The snippets of the page on periodic callbacks: compiled here, and the same there. */
class PeriodicPageTest {

    interface Mail {

        Task<String> send(Map<String, Integer> hits);
    }

    private static final AsyncHttpClient http = null;

    private static final Mail mail = null;

    @Component
    static class Hits {

        private final Map<String, Integer> hits = new HashMap<>();   // only ever touched on the loop

        @Periodic(every = "1m")
        void forget() {
            hits.clear();
        }

        @Periodic(delay = "${feed.pause:5s}", initialDelay = "0", jitter = "10%", timeout = "20s", name = "feed")
        void poll() {
            await(http.fetch("https://a.example/feed"));
        }

        @Periodic(cron = "0 30 6 * * MON-FRI", zone = "Europe/Berlin", name = "report")
        void report() {
            await(mail.send(hits));
        }
    }

    private final Map<String, Integer> hits = new HashMap<>();

    private void poll() {
        hits.put("poll", 1);
    }

    private void clean() {
        hits.clear();
    }

    private PeriodicCallback withoutSpring(IOLoop loop) {
        PeriodicCallback forget = new PeriodicCallback(loop, Duration.ofMinutes(1), hits::clear);
        forget.start();
        PeriodicCallback poll = new PeriodicCallback(
                loop, "feed", PeriodicSchedule.delay(Duration.ofSeconds(5)).withInitialDelay(Duration.ZERO).withJitter(0.1), this::poll);
        poll.start();
        return poll;
    }

    private PeriodicCallback timesOfDay(IOLoop loop) {
        PeriodicCallback nightly = new PeriodicCallback(
                loop, "nightly", PeriodicSchedule.at("at midnight, UTC", time -> time.truncatedTo(DAYS).plus(1, DAYS)), this::clean);
        return nightly;
    }

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        Snippets.assertCompiled("periodic.md", 3, PeriodicPageTest.class);
    }

    @Test
    void whatItShowsWithoutSpringIsScheduled() {
        try (IOLoop loop = IOLoop.create()) {
            assertThat(withoutSpring(loop).isRunning()).isTrue();
            PeriodicCallback nightly = timesOfDay(loop);
            nightly.start();
            assertThat(nightly.status().next()).isAfter(loop.clock().instant());
        }
    }

    @Test
    void thePropertiesOfThePageOverrideWhatItsSnippetHas() throws IOException {
        String page = Files.readString(Path.of("../docs/periodic.md"));
        String yaml = page.substring(page.indexOf("```yaml") + 7);
        byte[] bytes = yaml.substring(0, yaml.indexOf("```")).getBytes(StandardCharsets.UTF_8);
        PropertySource<?> properties = new YamlPropertySourceLoader()
                .load("page", new ByteArrayResource(bytes))
                .getFirst();
        new ApplicationContextRunner()
                .withInitializer(context -> context.getEnvironment().getPropertySources().addLast(properties))
                .withConfiguration(AutoConfigurations.of(
                        PropertyPlaceholderAutoConfiguration.class,
                        IOLoopAutoConfiguration.class,
                        PeriodicAutoConfiguration.class))
                .withBean("hits", Hits.class)
                .run(context -> {
                    Map<String, String> schedules = new TreeMap<>();
                    for (PeriodicTask task : context.getBean(PeriodicCallbacks.class).tasks()) {
                        schedules.put(task.name(), task.schedule() + (task.isEnabled() ? "" : " (disabled)"));
                    }
                    assertThat(schedules)
                            .containsExactlyInAnyOrderEntriesOf(Map.of(
                                    "feed", "delay PT30S, initial delay PT0S, jitter 0.2, timeout PT20S",
                                    "hits.forget", "cron 0 0 * * * *, zone UTC",
                                    "report", "cron 0 30 6 * * MON-FRI, zone Europe/Berlin (disabled)"));
                });
    }
}
