"""The parts that the queries of figures and of their rows share, so that both count the same."""

WEAK_BELOW = 0.3
"""A best score below this is no good supplier: fewer than three of ten such pairs would be introduced."""

EXPOSURE_DAYS = 30

# `introduced` and the steps after it: somebody has been introduced to the need.
AFTER_INTRODUCTION = "('introduced', 'proposed', 'contracted', 'completed')"
CONTRACTS = "('contracted', 'completed')"

# A need's category is the first that its owner chose, else the likeliest one of its latest run.
PLACED_NEED = f"""
    SELECT need.id, need.title, need.status, need.created_at, need.manufacturer_id,
           manufacturer.company_name, manufacturer.region,
           coalesce(need.categories[1], latest.top_category) AS category,
           latest.need_id IS NOT NULL AS ranked, latest.best_score,
           EXISTS (SELECT FROM feedback
                   WHERE feedback.need_id = need.id AND verdict IN {AFTER_INTRODUCTION}) AS introduced
    FROM need JOIN manufacturer ON manufacturer.id = need.manufacturer_id
    LEFT JOIN LATERAL (
        SELECT need_id, best_score, top_category FROM recommendation_run
        WHERE need_id = need.id ORDER BY generated_at DESC LIMIT 1
    ) AS latest ON true
"""
IS_WAITING = "status = 'open' AND NOT introduced"
IS_UNRANKED = "status = 'open' AND NOT ranked"
IS_RANKED = "status = 'open' AND ranked"
IS_WEAK = f"status = 'open' AND ranked AND coalesce(best_score, 0) < {WEAK_BELOW}"

# When each need first came to each step; a step that was passed over unrecorded stays null.
STAGED_NEED = f"""
    SELECT need.id, need.created_at AS written, runs.recommended, decided.introduced, decided.proposed,
           decided.contracted
    FROM need
    LEFT JOIN LATERAL (
        SELECT min(generated_at) AS recommended FROM recommendation_run WHERE need_id = need.id
    ) AS runs ON true
    LEFT JOIN (
        SELECT need_id, min(created_at) FILTER (WHERE verdict = 'introduced') AS introduced,
               min(created_at) FILTER (WHERE verdict = 'proposed') AS proposed,
               min(created_at) FILTER (WHERE verdict IN {CONTRACTS}) AS contracted
        FROM feedback GROUP BY need_id
    ) AS decided ON decided.need_id = need.id
"""

# A decision that was noted twice counts once, when it was noted first.
FIRST_DECISION = """
    SELECT DISTINCT ON (need_id, supplier_id, verdict) id, need_id, supplier_id, verdict, created_at
    FROM feedback ORDER BY need_id, supplier_id, verdict, created_at, id
"""

# The first ten of what staff saw; a need counts once however often it was looked at.
LISTED = """
    SELECT supplier_id::uuid AS supplier_id, count(DISTINCT need_id) AS lists
    FROM recommendation_run CROSS JOIN LATERAL jsonb_array_elements_text(listed) AS supplier_id
    WHERE generated_at > :listed_since AND generated_at <= :now
      AND viewer_role IN ('account_manager', 'admin')
    GROUP BY supplier_id
"""

SERVES = "(supplier.service_regions = '{{}}' OR {region} = ANY(supplier.service_regions))"
OFFERS = """EXISTS (SELECT FROM solution WHERE solution.supplier_id = supplier.id
                      AND solution.categories @> ARRAY[{category}])"""

OFFERS_5G_OR_AI = """
    EXISTS (SELECT FROM solution WHERE solution.supplier_id = decision.supplier_id
            AND solution.categories && ARRAY['PRIVATE_5G', 'AI'])
"""

# What stands so of the installment contracts; `recorded` is whether the pair's decision says so too.
STANDINGS = {
    "quoted": "state = 'quoted'",
    "signed": "state IN ('accepted', 'delivered', 'settled')",
    "to_deliver": "state = 'accepted'",
    "paying": "state = 'delivered'",
    "late": "state = 'delivered' AND next_due_on < :today",
    "settled": "state = 'settled'",
    "unrecorded": "state IN ('accepted', 'delivered', 'settled') AND NOT recorded",
}
STANDING_CONTRACT = f"""
    SELECT contract.id, contract.state, contract.need_id, contract.supplier_id, contract.manufacturer_id,
           contract.price_won, contract.grant_won, contract.accepted_on, contract.quoted_on,
           contract.next_due_on, coalesce(paid.amount_won, 0) AS paid_won,
           EXISTS (SELECT FROM feedback WHERE feedback.need_id = contract.need_id
                   AND feedback.supplier_id = contract.supplier_id AND verdict IN {CONTRACTS}) AS recorded
    FROM contract
    LEFT JOIN (SELECT contract_id, sum(amount_won)::bigint AS amount_won
               FROM contract_payment GROUP BY contract_id) AS paid ON paid.contract_id = contract.id
"""
