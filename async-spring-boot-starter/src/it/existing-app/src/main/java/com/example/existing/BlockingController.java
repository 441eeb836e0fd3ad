package com.example.existing;

import java.util.List;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class BlockingController {

	@GetMapping("/blocking")
	String blocking() throws InterruptedException {
		Thread.sleep(5);
		return "blocking";
	}

	@GetMapping("/threads")
	List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("ioloop"))
			.sorted()
			.toList();
	}

}
