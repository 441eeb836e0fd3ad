package dev.asyncloop.benchmarks.core

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield

/** The same work as Kotlin's coroutines, all on the thread that calls: `runBlocking` is its event loop. */
object KotlinCoroutines {

    @JvmStatic
    fun switches(count: Int) = runBlocking {
        repeat(2) {
            launch { repeat(count / 2) { yield() } }
        }
    }

    @JvmStatic
    fun starts(count: Int, batch: Int): Int = runBlocking {
        var sum = 0
        repeat(count / batch) {
            sum += List(batch) { async { 1 } }.awaitAll().size
        }
        sum
    }

    @JvmStatic
    fun awaitsOfDone(count: Int): Int = runBlocking {
        val done = CompletableDeferred(1)
        var sum = 0
        repeat(count) { sum += done.await() }
        sum
    }

    @JvmStatic
    fun awaitsOfPending(count: Int): Int = runBlocking {
        val there = Array(count / 2) { CompletableDeferred<Int>() }
        val back = Array(count / 2) { CompletableDeferred<Int>() }
        launch {
            for (i in there.indices) {
                back[i].complete(there[i].await())
            }
        }
        var sum = 0
        for (i in there.indices) {
            there[i].complete(1)
            sum += back[i].await()
        }
        sum
    }

    @JvmStatic
    fun channel(count: Int, capacity: Int): Int = runBlocking {
        val channel = Channel<Int>(capacity)
        launch {
            repeat(count) { channel.send(it) }
            channel.close()
        }
        var sum = 0
        for (item in channel) {
            sum += item
        }
        sum
    }

    @JvmStatic
    fun timeouts(count: Int): Int = runBlocking {
        var sum = 0
        repeat(count) { sum += withTimeout(60_000) { 1 } }
        sum
    }

    /** Suspends so many coroutines, has something done meanwhile, and lets them end. */
    @JvmStatic
    fun suspended(count: Int, meanwhile: Runnable) = runBlocking {
        val all = CompletableDeferred<Int>()
        repeat(count) { launch { all.await() } }
        yield()
        meanwhile.run()
        all.complete(1)
    }
}
