package dev.asyncloop.spring.pages;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicSkippedException;
import dev.asyncloop.Task;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.shedlock.PeriodicLock;
import dev.asyncloop.spring.shedlock.PeriodicLocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockAssert;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The snippets of docs/once-per-cluster.md: compiled here, and run. OncePerClusterTest has two instances. */
class OncePerClusterPageTest {

    private static final String PAGE = "once-per-cluster.md";

    static class Mailer {

        int sent;

        Task<Integer> sendReports() {
            return Async.spawn(() -> ++sent);
        }
    }

    @Component
    static class Reports {

        private final Mailer mailer;

        Reports(Mailer mailer) {
            this.mailer = mailer;
        }

        @Periodic(every = "1m")
        @SchedulerLock(name = "reports", lockAtLeastFor = "50s", lockAtMostFor = "5m")
        void send() {
            LockAssert.assertLocked(); // fails where nobody has locked
            await(mailer.sendReports()); // a Task, a fetch, a Mono
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableSchedulerLock(defaultLockAtMostFor = "10m")
    static class LockConfiguration {

        @Bean
        LockProvider lockProvider(DataSource dataSource) {
            return new JdbcTemplateLockProvider(JdbcTemplateLockProvider.Configuration.builder()
                    .withJdbcTemplate(new JdbcTemplate(dataSource))
                    .usingDbTime() // and not by the clocks of the instances
                    .build());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({LockConfiguration.class, Reports.class, Mailer.class})
    static class Application {

        @Bean
        DataSource dataSource() throws IOException {
            JdbcDataSource dataSource = new JdbcDataSource();
            dataSource.setUrl("jdbc:h2:mem:oncePerClusterPage;DB_CLOSE_DELAY=-1");
            Matcher table = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL)
                    .matcher(Files.readString(Path.of("../docs", PAGE)));
            assertThat(table.find()).isTrue();
            JdbcClient.create(dataSource).sql(table.group(1)).update();
            return dataSource;
        }
    }

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        Snippets.assertCompiled(PAGE, 2, OncePerClusterPageTest.class);
    }

    @Test
    void itRuns() {
        try (var application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run()) {
            Reports reports = application.getBean(Reports.class);
            application.getBean(IOLoop.class).runSync(() -> {
                reports.send();
                assertThatThrownBy(reports::send) // the lock is kept for the rest of the minute
                        .isInstanceOf(PeriodicSkippedException.class);
                return "";
            });
            assertThat(application.getBean(Mailer.class).sent).isOne();
            assertThat(application.getBean(PeriodicLocks.class).all())
                    .containsExactly(new PeriodicLock("reports", 1, 1, 0));
        }
    }
}
