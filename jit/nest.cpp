#include "jit/nest.hpp"

#include <algorithm>
#include <cstdint>

namespace dunlin::jit {

namespace {

using ir::RoutineId;

// Strongly connected components, by Tarjan's method without recursion: they come out after those
// that they lead to.
class Components {
  public:
    Components(const Edges& edges, const std::vector<bool>& wanted, RoutineId without_edges_to)
        : edges_(edges),
          wanted_(wanted),
          cut_(without_edges_to),
          number_(edges.size(), kUnseen),
          low_(edges.size()),
          on_stack_(edges.size()) {}

    void visit(RoutineId start) {
        if (!wanted_[start] || number_[start] != kUnseen) return;
        enter(start);
        while (!path_.empty()) {
            const RoutineId at = path_.back().routine;
            const std::vector<RoutineId>& next = edges_[at];
            if (path_.back().edge < next.size()) {
                follow(at, next[path_.back().edge++]);
                continue;
            }
            path_.pop_back();
            if (!path_.empty()) {
                std::uint32_t& low = low_[path_.back().routine];
                low = std::min(low, low_[at]);
            }
            if (low_[at] == number_[at]) close(at);
        }
    }

    // In the order in which they can be printed.
    std::vector<std::vector<RoutineId>> take() {
        std::reverse(found_.begin(), found_.end());
        return std::move(found_);
    }

  private:
    static constexpr std::uint32_t kUnseen = ~std::uint32_t{0};
    struct Step {
        RoutineId routine;
        std::size_t edge;
    };

    void enter(RoutineId routine) {
        number_[routine] = low_[routine] = next_number_++;
        stack_.push_back(routine);
        on_stack_[routine] = true;
        path_.push_back({routine, 0});
    }
    void follow(RoutineId from, RoutineId to) {
        if (!wanted_[to] || to == cut_) return;
        if (number_[to] == kUnseen)
            enter(to);
        else if (on_stack_[to])
            low_[from] = std::min(low_[from], number_[to]);
    }
    void close(RoutineId root) {
        std::vector<RoutineId> component;
        RoutineId routine = 0;
        do {
            routine = stack_.back();
            stack_.pop_back();
            on_stack_[routine] = false;
            component.push_back(routine);
        } while (routine != root);
        // The one that was reached first comes first: it is the way in.
        std::reverse(component.begin(), component.end());
        found_.push_back(std::move(component));
    }

    const Edges& edges_;
    const std::vector<bool>& wanted_;
    RoutineId cut_;
    std::vector<std::uint32_t> number_;
    std::vector<std::uint32_t> low_;
    std::vector<bool> on_stack_;
    std::vector<RoutineId> stack_;
    std::vector<Step> path_;
    std::uint32_t next_number_ = 0;
    std::vector<std::vector<RoutineId>> found_;
};

constexpr RoutineId kNone = ~RoutineId{0};

std::vector<Part> nest_within(const Edges& edges, const std::vector<bool>& wanted,
                              const std::vector<RoutineId>& entries, RoutineId cut) {
    Components components(edges, wanted, cut);
    // What is reached first is the head of its loop.
    for (RoutineId entry : entries) components.visit(entry);
    std::vector<Part> parts;
    for (const std::vector<RoutineId>& component : components.take()) {
        const RoutineId head = component.front();
        const bool turns = component.size() > 1 ||
                           (head != cut && std::find(edges[head].begin(), edges[head].end(),
                                                     head) != edges[head].end());
        Part part{head, {}};
        if (turns) {
            part.body.push_back({head, {}});
            std::vector<bool> inside(edges.size());
            for (RoutineId routine : component) inside[routine] = routine != head;
            std::vector<RoutineId> starts;
            for (RoutineId next : edges[head])
                if (inside[next]) starts.push_back(next);
            for (RoutineId routine : component)
                if (inside[routine]) starts.push_back(routine);
            for (Part& inner : nest_within(edges, inside, starts, head))
                part.body.push_back(std::move(inner));
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace

std::vector<Part> nest(const Edges& edges, const std::vector<bool>& wanted,
                       const std::vector<RoutineId>& entries) {
    return nest_within(edges, wanted, entries, kNone);
}

void for_each_routine(const std::vector<Part>& parts, const std::function<void(RoutineId)>& visit) {
    for (const Part& part : parts) {
        if (part.is_loop())
            for_each_routine(part.body, visit);
        else
            visit(part.routine);
    }
}

}  // namespace dunlin::jit
