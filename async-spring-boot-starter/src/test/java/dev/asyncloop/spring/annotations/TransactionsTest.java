package dev.asyncloop.spring.annotations;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.spring.ApplicationPerCarrier;
import dev.asyncloop.spring.Blocking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Service;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A transaction belongs to the coroutine that has begun it, also while it waits. */
class TransactionsTest {

    private static final ApplicationPerCarrier APPLICATIONS = new ApplicationPerCarrier(Application.class);

    @AfterAll
    static void stop() {
        APPLICATIONS.close();
    }

    @ParameterizedTest
    @EnumSource
    void interleavedTransactionsKeepTheirConnectionsAndRollBackOnTheirOwn(Carrier carrier) {
        Accounts accounts = APPLICATIONS.on(carrier).bean(Accounts.class);
        accounts.clear();
        String order = loop(carrier).runSync(() -> {
            List<String> steps = new ArrayList<>();
            Task<?> good = Async.spawn(() -> {
                accounts.insertSlowly("good", steps, false);
                return "";
            });
            Task<?> bad = Async.spawn(() -> {
                accounts.insertSlowly("bad", steps, true);
                return "";
            });
            await(good);
            assertThatThrownBy(() -> await(bad)).hasMessage("bad is wrong");
            return steps.toString();
        });
        assertThat(order).isEqualTo("[good begins, bad begins, good ends, bad ends]");
        assertThat(accounts.names()).containsExactly("good");
    }

    @ParameterizedTest
    @EnumSource
    void childrenAndExecutorCallsAreOutsideOfTheTransaction(Carrier carrier) {
        Accounts accounts = APPLICATIONS.on(carrier).bean(Accounts.class);
        assertThat(loop(carrier).<String>runSync(accounts::whoIsInside))
                .isEqualTo("true, after a wait true, blocking true, child false, executor false");
    }

    @ParameterizedTest
    @EnumSource
    void cancellationRollsBackAndGivesTheConnectionBack(Carrier carrier) {
        Accounts accounts = APPLICATIONS.on(carrier).bean(Accounts.class);
        accounts.clear();
        loop(carrier).runSync(() -> {
            Task<?> waiting = Async.spawn(accounts::insertAndWaitForEver);
            Async.yieldNow();
            assertThat(pool(carrier).getHikariPoolMXBean().getActiveConnections())
                    .isOne();
            waiting.cancel(false);
            assertThatThrownBy(() -> await(waiting)).isInstanceOf(CancellationException.class);
            return "";
        });
        assertThat(pool(carrier).getHikariPoolMXBean().getActiveConnections()).isZero();
        assertThat(accounts.names()).isEmpty();
    }

    /** Two connections, three coroutines: who waits for the third has the turn, so that nobody can give one back. */
    @ParameterizedTest
    @EnumSource
    void aPoolThatIsEmptyHoldsTheLoopUpUnlessTheBeanIsBlocking(Carrier carrier) {
        Accounts accounts = APPLICATIONS.on(carrier).bean(Accounts.class);
        loop(carrier).runSync(() -> {
            List<String> steps = new ArrayList<>();
            List<Task<String>> inside = List.of(
                    Async.spawn(() -> accounts.insertSlowly("one", steps, false)),
                    Async.spawn(() -> accounts.insertSlowly("two", steps, false)));
            Async.yieldNow();
            assertThatThrownBy(() -> accounts.insertSlowly("three", steps, false))
                    .isInstanceOf(CannotCreateTransactionException.class);
            assertThat(steps).containsExactly("one begins", "two begins");
            Async.gather(inside);
            return "";
        });
        BlockingAccounts blocking = APPLICATIONS.on(carrier).bean(BlockingAccounts.class);
        blocking.clear();
        loop(carrier)
                .runSync(() -> Async.gather(List.of(
                        Async.spawn(() -> blocking.insert("one")),
                        Async.spawn(() -> blocking.insert("two")),
                        Async.spawn(() -> blocking.insert("three")),
                        Async.spawn(() -> blocking.insert("four")))));
        assertThat(blocking.names()).containsExactly("four", "one", "three", "two");
    }

    @ParameterizedTest
    @EnumSource
    void listenersOfTheCommitRunInTheCoroutineAndMayWait(Carrier carrier) {
        Accounts accounts = APPLICATIONS.on(carrier).bean(Accounts.class);
        Commits commits = APPLICATIONS.on(carrier).bean(Commits.class);
        commits.seen.clear();
        loop(carrier).runSync(() -> {
            accounts.publish("committed");
            return "";
        });
        assertThat(commits.seen).containsExactly("committed, after the commit, in a coroutine");
    }

    private static IOLoop loop(Carrier carrier) {
        return APPLICATIONS.on(carrier).bean(IOLoop.class);
    }

    private static HikariDataSource pool(Carrier carrier) {
        return APPLICATIONS.on(carrier).bean(HikariDataSource.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableTransactionManagement
    @Import({Accounts.class, BlockingAccounts.class, Commits.class})
    static class Application {

        @Bean
        HikariDataSource dataSource() {
            HikariDataSource pool = new HikariDataSource();
            pool.setJdbcUrl("jdbc:h2:mem:" + System.identityHashCode(pool) + ";DB_CLOSE_DELAY=-1");
            pool.setMaximumPoolSize(2);
            pool.setConnectionTimeout(Duration.ofMillis(500).toMillis());
            JdbcClient.create(pool)
                    .sql("create table account (name varchar(20))")
                    .update();
            return pool;
        }

        @Bean
        JdbcTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }

        @Bean
        JdbcClient jdbcClient(DataSource dataSource) {
            return JdbcClient.create(dataSource);
        }
    }

    @Service
    static class Accounts {

        private final JdbcClient jdbc;

        private final ApplicationEventPublisher events;

        Accounts(JdbcClient jdbc, ApplicationEventPublisher events) {
            this.jdbc = jdbc;
            this.events = events;
        }

        private void insert(String name) {
            jdbc.sql("insert into account values (?)").param(name).update();
        }

        @Transactional
        public String insertSlowly(String name, List<String> steps, boolean fails) {
            steps.add(name + " begins");
            insert(name);
            Async.sleep(Duration.ofMillis(20));
            steps.add(name + " ends");
            if (fails) {
                throw new IllegalArgumentException(name + " is wrong");
            }
            return name;
        }

        @Transactional
        public String insertAndWaitForEver() {
            insert("cancelled");
            return await(new CompletableFuture<>());
        }

        @Transactional
        public String whoIsInside() {
            boolean here = TransactionSynchronizationManager.isActualTransactionActive();
            Async.yieldNow();
            return here + ", after a wait " + TransactionSynchronizationManager.isActualTransactionActive()
                    + ", blocking " + Async.blocking(TransactionSynchronizationManager::isActualTransactionActive)
                    + ", child " + await(Async.spawn(TransactionSynchronizationManager::isActualTransactionActive))
                    + ", executor "
                    + await(IOLoop.current()
                            .runInExecutor(TransactionSynchronizationManager::isActualTransactionActive));
        }

        @Transactional
        public void publish(String event) {
            events.publishEvent(event);
        }

        @Transactional
        public void clear() {
            jdbc.sql("delete from account").update();
        }

        public List<String> names() {
            return jdbc.sql("select name from account order by name")
                    .query(String.class)
                    .list();
        }
    }

    @Service
    @Blocking
    static class BlockingAccounts {

        private final JdbcClient jdbc;

        BlockingAccounts(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @Transactional
        public String insert(String name) {
            jdbc.sql("insert into account values (?)").param(name).update();
            LockSupport.parkNanos(20_000_000); // a slow statement
            return name;
        }

        @Transactional
        public void clear() {
            jdbc.sql("delete from account").update();
        }

        public List<String> names() {
            return jdbc.sql("select name from account order by name")
                    .query(String.class)
                    .list();
        }
    }

    static class Commits {

        final List<String> seen = new ArrayList<>();

        @TransactionalEventListener
        void committed(String event) {
            Async.yieldNow();
            seen.add(event + ", after the commit, " + (Async.inCoroutine() ? "in a coroutine" : "elsewhere"));
        }
    }
}
