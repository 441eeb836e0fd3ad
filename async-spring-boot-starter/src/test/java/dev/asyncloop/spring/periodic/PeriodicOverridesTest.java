package dev.asyncloop.spring.periodic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.periodic.PeriodicOverrides.Override;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Properties for single tasks, as Spring Boot binds them; and what comes of them. */
class PeriodicOverridesTest {

    private static PeriodicOverrides overrides(Map<String, Object> environment, Map<String, Object> file) {
        MutablePropertySources sources = new MutablePropertySources();
        sources.addLast(new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, environment));
        sources.addLast(new MapPropertySource("file", file));
        Map<String, String> bound = new Binder(ConfigurationPropertySources.from(sources))
                .bind("ioloop.periodic.tasks", Bindable.mapOf(String.class, String.class))
                .orElseGet(Map::of);
        return new PeriodicOverrides(bound);
    }

    private static PeriodicOverrides overrides(String key, String value) {
        return overrides(Map.of(), Map.of("ioloop.periodic.tasks." + key, value));
    }

    private static Override every(String key, String value) {
        return new Override("ioloop.periodic.tasks." + key, value);
    }

    @Test
    void namesMayHaveDotsAndCapitals() {
        assertThat(overrides("statusBoard.refresh.every", "1s").of("statusBoard.refresh"))
                .isEqualTo(Map.of("every", every("statusBoard.refresh.every", "1s")));
        assertThat(overrides("[statusBoard.refresh].every", "1s").of("statusBoard.refresh"))
                .containsKey("every");
        assertThat(overrides("status-board.refresh.every", "1s").of("statusBoard.refresh"))
                .containsKey("every");
        assertThat(overrides("feed.every", "1s").of("feed")).containsKey("every");
        assertThat(overrides("feed.every", "1s").of("feeds")).isEmpty();
    }

    @Test
    void attributesAreWrittenAsPropertiesAre() {
        for (String written : List.of("initial-delay", "initialDelay", "initial_delay", "INITIALDELAY")) {
            assertThat(overrides("feed." + written, "0").of("feed"))
                    .as(written)
                    .containsOnlyKeys("initialDelay");
        }
    }

    @Test
    void theEnvironmentComesBeforeAFile() {
        PeriodicOverrides overrides = overrides(
                Map.of("IOLOOP_PERIODIC_TASKS_STATUSBOARD_REFRESH_EVERY", "2s"),
                Map.of(
                        "ioloop.periodic.tasks.statusBoard.refresh.every", "1s",
                        "ioloop.periodic.tasks.statusBoard.refresh.jitter", "5%"));
        assertThat(overrides.of("statusBoard.refresh"))
                .extractingByKeys("every", "jitter")
                .extracting(override -> ((Override) override).value())
                .containsExactly("2s", "5%");
        assertThat(overrides.unknown(List.of("statusBoard.refresh"))).isEmpty();
    }

    @Test
    void anEmptyValueOverridesNothing() {
        assertThat(overrides("feed.every", "").of("feed")).isEmpty();
    }

    @Test
    void namesThatNobodyHasAreKnown() {
        assertThat(overrides("statusBoard.refrehs.every", "1s").unknown(List.of("statusBoard.refresh")))
                .containsExactly("statusBoard.refrehs");
    }

    @Test
    void whatIsNoAttributeIsRefused() {
        for (String key : List.of("feed.evry", "feed.name", "feed", "every", ".every")) {
            assertThatExceptionOfType(PeriodicMisuseException.class)
                    .as(key)
                    .isThrownBy(() -> new PeriodicOverrides(Map.of(key, "1s")))
                    .withMessageContaining("`ioloop.periodic.tasks." + key + "=1s` overrides nothing")
                    .withMessageContaining("every, delay, cron, zone, initial-delay, jitter, timeout and enabled");
        }
    }

    @Test
    void everyAttributeButTheNameCanBeOverridden() {
        Map<String, String> all = new LinkedHashMap<>();
        List<String> attributes = new ArrayList<>(Stream.of(Periodic.class.getDeclaredMethods())
                .map(Method::getName)
                .toList());
        assertThat(attributes.remove("name")).isTrue();
        attributes.forEach(attribute -> all.put("feed." + attribute, "1"));
        assertThat(new PeriodicOverrides(all).of("feed")).containsOnlyKeys(attributes);
    }

    @Test
    void namesThatAreNearAreTold() {
        List<String> names = List.of("board.refresh", "board.refill", "feed");
        assertThat(NearNames.of("bord.refresh", names)).isEqualTo("did you mean 'board.refresh'?");
        assertThat(NearNames.of("Board.ReFresh", names)).isEqualTo("did you mean 'board.refresh'?");
        assertThat(NearNames.of("board.refils", names)).isEqualTo("did you mean 'board.refill' or 'board.refresh'?");
        assertThat(NearNames.of("fed", names)).isEqualTo("did you mean 'feed'?");
        assertThat(NearNames.of("nothing", names)).isEqualTo("there are 'board.refill', 'board.refresh', 'feed'");
        assertThat(NearNames.of("nothing", List.of())).isEqualTo("there is none");
    }
}
