package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.loop.ThreadsBesideTheLoop;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.task.SimpleAsyncTaskExecutorCustomizer;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerCustomizer;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration that keeps the virtual threads of the application's task executor and scheduler off the loop.
 */
@AutoConfiguration(after = IOLoopAutoConfiguration.class)
@ConditionalOnThreading(Threading.VIRTUAL)
@ConditionalOnBean(IOLoop.class)
public final class IOLoopTaskExecutionAutoConfiguration {

    IOLoopTaskExecutionAutoConfiguration() {}

    /** Of the carriers only one has a scheduler of its own, which threads would inherit. */
    @Bean
    SimpleAsyncTaskExecutorCustomizer threadsBesideTheLoopCustomizer(IOLoop loop) {
        return executor -> {
            if (loop.carrier() == Carrier.EVENT_LOOP) {
                executor.setVirtualThreads(false); // which would go before the factory
                executor.setThreadFactory(new ThreadsBesideTheLoop(executor.getThreadNamePrefix()));
            }
        };
    }

    /** The scheduler's workers are made by whoever schedules first, which may be a coroutine. */
    @Bean
    SimpleAsyncTaskSchedulerCustomizer scheduledThreadsBesideTheLoopCustomizer(IOLoop loop) {
        return scheduler -> {
            if (loop.carrier() == Carrier.EVENT_LOOP) {
                scheduler.setVirtualThreads(false);
                scheduler.setThreadFactory(new ThreadsBesideTheLoop(scheduler.getThreadNamePrefix()));
            }
        };
    }
}
