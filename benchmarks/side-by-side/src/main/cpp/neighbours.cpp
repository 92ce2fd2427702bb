// hnswlib beside the others: neighbours VECTORS QUESTIONS DIMENSION M EF_CONSTRUCTION
//
// Builds the graph from a file of 32-bit floats, says "ready", and then, for each line with an ef on standard input, asks all questions
// once on one thread. It answers with the CPU time of the round in nanoseconds, the wall time of each question, and a line of places for each.
#include <hnswlib/hnswlib.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

static std::vector<float> read(const char *name) {
    std::ifstream in(name, std::ios::binary | std::ios::ate);
    if (!in) {
        throw std::runtime_error(std::string("Cannot read ") + name);
    }
    std::vector<float> values(in.tellg() / sizeof(float));
    in.seekg(0);
    in.read(reinterpret_cast<char *>(values.data()), values.size() * sizeof(float));
    return values;
}

static int64_t cpu() {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000LL + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000LL;
}

int main(int count, char **arguments) {
    if (count != 6) {
        std::cerr << "neighbours VECTORS QUESTIONS DIMENSION M EF_CONSTRUCTION\n";
        return 2;
    }
    std::vector<float> vectors = read(arguments[1]);
    std::vector<float> questions = read(arguments[2]);
    size_t dimension = std::stoul(arguments[3]);
    size_t size = vectors.size() / dimension;
    size_t asked = questions.size() / dimension;
    hnswlib::InnerProductSpace space(dimension);
    hnswlib::HierarchicalNSW<float> index(&space, size, std::stoul(arguments[4]), std::stoul(arguments[5]));
    for (size_t i = 0; i < size; i++) {
        index.addPoint(vectors.data() + i * dimension, i);
    }
    std::cout << "ready" << std::endl;
    std::string line;
    while (std::getline(std::cin, line)) {
        index.setEf(std::stoul(line));
        std::vector<int64_t> took(asked);
        std::vector<std::priority_queue<std::pair<float, hnswlib::labeltype>>> found(asked);
        int64_t before = cpu();
        for (size_t i = 0; i < asked; i++) {
            auto began = std::chrono::steady_clock::now();
            found[i] = index.searchKnn(questions.data() + i * dimension, 10);
            took[i] = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - began).count();
        }
        std::cout << cpu() - before << "\n";
        for (size_t i = 0; i < asked; i++) {
            std::cout << took[i] << (i + 1 == asked ? "\n" : " ");
        }
        for (auto &nearest : found) {
            for (; !nearest.empty(); nearest.pop()) {
                std::cout << nearest.top().second << (nearest.size() == 1 ? "\n" : " ");
            }
        }
        std::cout << std::flush;
    }
    return 0;
}
