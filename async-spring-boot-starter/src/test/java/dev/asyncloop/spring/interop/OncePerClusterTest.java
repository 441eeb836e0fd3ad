package dev.asyncloop.spring.interop;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicSkippedException;
import dev.asyncloop.Task;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import dev.asyncloop.spring.shedlock.PeriodicLock;
import dev.asyncloop.spring.shedlock.PeriodicLocks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.stereotype.Component;

/** Two instances of an application, one on each carrier, and a real PostgreSQL, which says what they have done. */
@Timeout(180)
class OncePerClusterTest {

    private static final Path PAGE = Path.of("../docs/once-per-cluster.md");

    private static final int TICKS = 20;

    @TempDir
    private static Path folder;

    private static PostgreSql database;

    private static JdbcClient jdbc;

    @BeforeAll
    static void start() throws Exception {
        database = PostgreSql.start(folder);
        jdbc = JdbcClient.create(new DriverManagerDataSource(database.url()));
        Matcher table = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertThat(table.find()).isTrue();
        jdbc.sql(table.group(1)).update();
        jdbc.sql("""
                create table run (
                    locked_at timestamp not null unique,
                    locked_by varchar(255) not null,
                    instance varchar(20) not null,
                    began timestamp not null default timezone('utc', clock_timestamp()),
                    ended timestamp
                )""").update();
        jdbc.sql("create table tick (number int primary key, instance varchar(20))")
                .update();
    }

    @AfterAll
    static void stop() throws Exception {
        if (database != null) {
            database.close();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableSchedulerLock(defaultLockAtMostFor = "10m")
    @Import({Work.class, Ticks.class})
    static class Application {

        @Bean
        HikariDataSource dataSource(@Value("${url}") String url, @Value("${connection.timeout:30s}") Duration timeout) {
            HikariDataSource pool = new HikariDataSource();
            pool.setJdbcUrl(url);
            pool.setMaximumPoolSize(3);
            pool.setConnectionTimeout(timeout.toMillis());
            return pool;
        }

        @Bean
        LockProvider lockProvider(DataSource dataSource, @Value("${instance}") String instance) {
            return new JdbcTemplateLockProvider(JdbcTemplateLockProvider.Configuration.builder()
                    .withJdbcTemplate(new JdbcTemplate(dataSource))
                    .usingDbTime()
                    .withLockedByValue(instance)
                    .build());
        }
    }

    /** Works by the schedule, and notes for each run the lock that it has. */
    @Component
    static class Work {

        private final JdbcClient jdbc;

        private final String instance;

        Work(DataSource dataSource, @Value("${instance}") String instance) {
            this.jdbc = JdbcClient.create(dataSource);
            this.instance = instance;
        }

        @Periodic(every = "${work.every:50ms}")
        @SchedulerLock(name = "work", lockAtLeastFor = "40ms", lockAtMostFor = "${work.at-most:10m}")
        void work() {
            Async.blocking(() -> jdbc.sql("""
                    insert into run (locked_at, locked_by, instance)
                    select locked_at, locked_by, ? from shedlock where name = 'work'""").param(instance).update());
            Async.sleep(Duration.ofMillis(20));
            Async.blocking(() -> jdbc.sql("""
                    update run set ended = timezone('utc', clock_timestamp()) where ended is null and instance = ?""").param(instance).update());
        }
    }

    /** Works when the test says so, and not longer than it says. */
    @Component
    static class Ticks {

        private final JdbcClient jdbc;

        private final String instance;

        Ticks(DataSource dataSource, @Value("${instance}") String instance) {
            this.jdbc = JdbcClient.create(dataSource);
            this.instance = instance;
        }

        static volatile int number;

        static volatile CompletableFuture<String> end;

        @Periodic(every = "1h")
        @SchedulerLock(name = "tick")
        void tick() {
            Async.blocking(() -> jdbc.sql("insert into tick values (?, ?)")
                    .param(number)
                    .param(instance)
                    .update());
            await(end);
        }
    }

    private static ConfigurableApplicationContext instance(String name, String carrier, String... more) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties("instance=" + name, "ioloop.carrier=" + carrier, "url=" + database.url())
                .properties(more)
                .run();
    }

    @Test
    void ofAllInstancesThatBeginAtTheSameTimeOneRuns() {
        try (var one = instance("one", "event-loop", "work.every=-");
                var other = instance("other", "jdk", "work.every=-")) {
            for (int i = 1; i <= TICKS; i++) {
                Ticks.number = i;
                Ticks.end = new CompletableFuture<>();
                Task<?> ofOne = tick(one);
                Task<?> ofOther = tick(other);
                CompletableFuture.anyOf(ofOne.toCompletableFuture(), ofOther.toCompletableFuture())
                        .join(); // that is who was refused
                Ticks.end.complete("");
                ofOne.join();
                ofOther.join();
            }
            assertThat(jdbc.sql("select number from tick order by number")
                            .query(Integer.class)
                            .list())
                    .hasSize(TICKS)
                    .doesNotHaveDuplicates();
            PeriodicLock ofOne = lock(one, "tick");
            PeriodicLock ofOther = lock(other, "tick");
            assertThat(ofOne.obtained() + ofOther.obtained()).isEqualTo(TICKS);
            assertThat(ofOne.refused() + ofOther.refused()).isEqualTo(TICKS);
        }
    }

    private static Task<?> tick(ConfigurableApplicationContext instance) {
        Ticks ticks = instance.getBean(Ticks.class);
        return instance.getBean(IOLoop.class).spawn("tick", () -> {
            try {
                ticks.tick();
            } catch (PeriodicSkippedException ex) {
                assertThat(ex).hasMessage("Another instance has the lock 'tick'");
            }
        });
    }

    @Test
    void runsOfTwoInstancesNeverOverlapAndWhenOneGoesTheOtherTakesOver() {
        jdbc.sql("delete from run").update();
        try (var one = instance("one", "event-loop");
                var other = instance("other", "jdk")) {
            until(() -> runs("") >= 10);
            boolean isOne = jdbc.sql("select instance from run order by locked_at desc limit 1")
                    .query(String.class)
                    .single()
                    .equals("one");
            (isOne ? one : other).close();
            String left = isOne ? "other" : "one";
            long before = runs(left);
            until(() -> runs(left) >= before + 5);
        }
        assertThat(runs("")).isGreaterThanOrEqualTo(15);
        assertThat(jdbc.sql("select * from run where ended is null or locked_by <> instance")
                        .query()
                        .listOfRows())
                .isEmpty();
        assertThat(jdbc.sql("""
                select * from (select *, lag(ended) over w as ended_before, lag(locked_at) over w as locked_before
                               from run window w as (order by locked_at)) as runs
                where began < ended_before or locked_at < locked_before + interval '40 ms'""").query().listOfRows()).isEmpty();
    }

    @Test
    void whileTheDatabaseIsDownRunsFailAndThenItGoesOn() throws Exception {
        jdbc.sql("delete from run").update();
        String[] shortLimits = {"connection.timeout=250ms", "work.at-most=500ms"
        }; // the lock may be lost while it is held
        try (var one = instance("one", "event-loop", shortLimits);
                var other = instance("other", "jdk", shortLimits)) {
            until(() -> runs("") >= 1);
            database.stop();
            for (var instance : List.of(one, other)) {
                until(() -> lock(instance, "work").failed() >= 1);
                until(() -> instance.getBean(PeriodicCallbacks.class).all().stream()
                        .anyMatch(callback -> callback.failures() >= 1));
            }
            database.start();
            long before = runs("");
            until(() -> runs("") >= before + 3);
        }
    }

    private static PeriodicLock lock(ConfigurableApplicationContext instance, String name) {
        return instance.getBean(PeriodicLocks.class).all().stream()
                .filter(lock -> lock.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** How many runs of an instance, or of all, have ended. */
    private static long runs(String instance) {
        return jdbc.sql("select count(*) from run where ended is not null and (instance = :i or :i = '')")
                .param("i", instance)
                .query(Long.class)
                .single();
    }

    private static void until(BooleanSupplier condition) {
        Awaitility.await()
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .atMost(Duration.ofSeconds(60))
                .until(condition::getAsBoolean);
    }
}
